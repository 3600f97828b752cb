import { ContextVar, copyContext } from "@asyncio-ts/contextvars";

const user = new ContextVar("user", { default: "nobody" });
const context = copyContext();
context.run(() => user.set("ann"));

console.log(context.get(user)); // => ann
console.log(user.get()); // => nobody
