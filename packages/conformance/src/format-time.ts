import type { Seconds } from "asyncio-ts";

const digits = 6;

/** As C's `%g`: six significant digits, no trailing zeros, an exponent for the very large and very small. */
export function formatTime(time: Seconds): string {
  if (time === 0 || !Number.isFinite(time)) return String(time);
  const [mantissa = "", exponent = ""] = time.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < digits) return String(Number(time.toPrecision(digits)));
  const sign = power < 0 ? "-" : "+";
  return `${Number(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}
