"""What a parked task of CPython's asyncio costs in memory: parked.py future|sleep. Prints the bytes a task."""

import asyncio
import gc
import os
import sys
import tracemalloc

PARKED = 100_000


async def on_future():
    await asyncio.get_running_loop().create_future()


async def asleep():
    await asyncio.sleep(3_600)


async def main(body):
    keep = [None] * PARKED
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for i in range(PARKED):
        keep[i] = asyncio.create_task(body())
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    print(round((after - before) / PARKED), flush=True)
    os._exit(0)  # to cancel them all takes its time


asyncio.run(main({"future": on_future, "sleep": asleep}[sys.argv[1]]))
