"""CPython's asyncio, as a contestant: the same workloads as in src/contestants.

Usage: contestant.py ROW asyncio|uvloop EXPECTED SAMPLES WARMUP_MS
Prints the nanoseconds of each sample as JSON.
"""

import asyncio
import gc
import json
import sys
import time

TASKS, PAUSES = 1_000, 200


async def switch():
    count = 0

    async def pause():
        nonlocal count
        for _ in range(PAUSES):
            await asyncio.sleep(0)
            count += 1

    tasks = [asyncio.create_task(pause()) for _ in range(TASKS)]
    for task in tasks:
        await task
    return count


async def same(i):
    return i


async def spawn():
    total = 0
    for i in range(100_000):
        total += await asyncio.create_task(same(i))
    return total


async def gather():
    return sum(await asyncio.gather(*[same(i) for i in range(100_000)]))


async def gather_eager():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    try:
        return sum(await asyncio.gather(*[same(i) for i in range(100_000)]))
    finally:
        loop.set_task_factory(None)


async def timer():
    loop = asyncio.get_running_loop()
    fired = 0

    def fire():
        nonlocal fired
        fired += 1

    for _ in range(100_000):
        loop.call_later(3_600, fire).cancel()
    await asyncio.sleep(0)
    return fired


async def queue():
    items = asyncio.Queue(100)

    async def produce():
        for i in range(1_000_000):
            await items.put(i)

    producer = asyncio.create_task(produce())
    total = 0
    for _ in range(1_000_000):
        total += await items.get()
    await producer
    return total


async def lock():
    mutex = asyncio.Lock()
    count = 0

    async def compete():
        nonlocal count
        for _ in range(100):
            await mutex.acquire()
            await asyncio.sleep(0)
            count += 1
            mutex.release()

    tasks = [asyncio.create_task(compete()) for _ in range(1_000)]
    for task in tasks:
        await task
    return count


async def timeout():
    total = 0
    for i in range(100_000):
        async with asyncio.timeout(3_600):
            total += await same(i)
    return total


async def cancel_sleep():
    cancelled = 0
    for _ in range(2_000):
        task = asyncio.create_task(asyncio.sleep(3_600))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            cancelled += 1
    return cancelled


async def sleep():
    woken = 0

    async def nap():
        nonlocal woken
        await asyncio.sleep(0.001)
        woken += 1

    await asyncio.gather(*[nap() for _ in range(10_000)])
    return woken


async def await_done():
    loop = asyncio.get_running_loop()
    total = 0
    for i in range(100_000):
        future = loop.create_future()
        future.set_result(i)
        total += await future
    return total


async def drain():
    count = 0
    for _ in range(20_000):
        await asyncio.sleep(0)
        count += 1
    return count


WORKLOADS = {
    "switch": switch,
    "spawn": spawn,
    "gather": gather,
    "gather-eager": gather_eager,
    "timer": timer,
    "queue": queue,
    "lock": lock,
    "timeout": timeout,
    "cancel-sleep": cancel_sleep,
    "sleep": sleep,
    "await-done": await_done,
    "drain": drain,
}


def make_loop(kind):
    if kind == "asyncio":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def main(row, kind, expected, samples, warmup_ms):
    loop = make_loop(kind)

    def once():
        gc.collect()
        began = time.perf_counter_ns()
        answer = loop.run_until_complete(WORKLOADS[row]())
        took = time.perf_counter_ns() - began
        if answer != expected:
            raise SystemExit(f"{row} answered {answer}, not {expected}")
        return took

    warm_until = time.perf_counter_ns() + warmup_ms * 1_000_000
    once()
    while time.perf_counter_ns() < warm_until:
        once()
    print(json.dumps([once() for _ in range(samples)]))
    loop.close()


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
