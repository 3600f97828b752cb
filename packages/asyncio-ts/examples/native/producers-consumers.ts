import * as asyncio from "asyncio-ts";

async function produce(queue: asyncio.Queue<string>, name: string, seconds: number) {
  for (let n = 1; n <= 3; n++) {
    await asyncio.sleep(seconds);
    await queue.put(`${name}${n}`); // waits while the queue is full
  }
}

async function consume(queue: asyncio.Queue<string>, name: string) {
  for await (const item of queue) {
    await asyncio.sleep(2);
    console.log(`${name} has done ${item}`);
    queue.taskDone();
  }
  console.log(`${name} goes home`);
}

async function main() {
  const queue = new asyncio.Queue<string>(2);
  const consumers = ["Ann", "Bob"].map((name) => asyncio.createTask(() => consume(queue, name)));
  await asyncio.gather([() => produce(queue, "a", 0.5), () => produce(queue, "b", 1.25)]);
  console.log(`everything is made: ${queue}`);
  await queue.join(); // and now it is done as well
  queue.shutdown(); // the consumers' loops end
  await asyncio.gather(consumers);
}

await asyncio.run(main);

// => Ann has done a1
// => Bob has done a2
// => everything is made: <Queue maxsize=2 size=2 unfinished=4>
// => Ann has done b1
// => Bob has done a3
// => Ann has done b2
// => Bob has done b3
// => Ann goes home
// => Bob goes home
