export { runVirtual, VirtualLoop } from "./run-virtual.ts";
