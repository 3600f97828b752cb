import * as asyncio from "asyncio-ts";

function* save(file: string, seconds: number) {
  yield* asyncio.sleep(seconds);
  console.log(`saved ${file}`);
}

const background = new Set<asyncio.Task<void>>();

/** Start something that nobody waits for. The loop keeps it alive; the set knows what is still under way. */
function inBackground(work: asyncio.GeneratorBody<void>) {
  const task = asyncio.createTask(work);
  background.add(task);
  task.addDoneCallback(() => background.delete(task)); // a task that is done forgets itself
}

function* main() {
  inBackground(save("a.txt", 1));
  inBackground(save("b.txt", 3));
  console.log(`${background.size} under way`);

  yield* asyncio.sleep(2);
  console.log(`${background.size} under way`);

  yield* asyncio.gather(background); // run() would cancel what is left
  console.log(`${background.size} under way`);
}

await asyncio.run(main);

// => 2 under way
// => saved a.txt
// => 1 under way
// => saved b.txt
// => 0 under way
