import * as asyncio from "asyncio-ts";

function* save() {
  throw new Error("the disk is full");
}

function* main() {
  asyncio.createTask(save, { name: "save" }); // nobody awaits it, nobody asks for its exception
  yield* asyncio.sleep(0.01);
  console.log("end of main");
}

// An error that nobody has looked at does not end the program, but is not lost: it is reported when its task is gone, at
// the latest when the loop is closed. `loop.setExceptionHandler()` puts something in the place of the printing.
await asyncio.run(main);

// => end of main
// => Task exception was never retrieved
// => future: <Task finished name='save' coro=save() exception=Error: the disk is full> Error: the disk is full
