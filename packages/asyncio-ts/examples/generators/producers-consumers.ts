import * as asyncio from "asyncio-ts";

function* produce(queue: asyncio.Queue<string>, name: string, seconds: number) {
  for (let n = 1; n <= 3; n++) {
    yield* asyncio.sleep(seconds);
    yield* queue.put(`${name}${n}`); // waits while the queue is full
  }
}

function* consume(queue: asyncio.Queue<string>, name: string) {
  // A generator has no `for await`: the iterator does a step at a time.
  const items = queue[Symbol.asyncIterator]();
  for (let step = yield* items.next(); !step.done; step = yield* items.next()) {
    yield* asyncio.sleep(2);
    console.log(`${name} has done ${step.value}`);
    queue.taskDone();
  }
  console.log(`${name} goes home`);
}

function* main() {
  const queue = new asyncio.Queue<string>(2);
  const consumers = ["Ann", "Bob"].map((name) => asyncio.createTask(consume(queue, name)));
  yield* asyncio.gather([produce(queue, "a", 0.5), produce(queue, "b", 1.25)]);
  console.log(`everything is made: ${queue}`);
  yield* queue.join(); // and now it is done as well
  queue.shutdown(); // the consumers' loops end
  yield* asyncio.gather(consumers);
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
