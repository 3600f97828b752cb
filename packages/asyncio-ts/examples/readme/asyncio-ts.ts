import * as asyncio from "asyncio-ts";

async function fetchData(id: string, delay: number): Promise<string> {
  await asyncio.sleep(delay); // seconds, as in Python
  return `data for ${id}`;
}

async function main(): Promise<void> {
  const a = asyncio.createTask(() => fetchData("A", 0.3)); // runs from now on, and can be cancelled
  const [b, c] = await asyncio.gather([() => fetchData("B", 0.1), () => fetchData("C", 0.2)]);
  console.log(b, "and", c); // => data for B and data for C
  console.log(await a); // => data for A

  try {
    await asyncio.timeout(0.1, () =>
      asyncio.taskGroup(async (group) => {
        group.createTask(() => fetchData("D", 60)); // whatever happens, it has ended before the group has
      }),
    );
  } catch (error) {
    console.log(`${error}`); // => TimeoutError: timeout() timed out after 0.1 s
  }
}

await asyncio.run(main);
