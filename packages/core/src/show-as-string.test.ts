import { inspect } from "node:util";
import { expect, test } from "vitest";
import { showAsString } from "./show-as-string.ts";

class Ticket {
  static {
    showAsString(this);
  }

  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }

  toString(): string {
    return `<Ticket ${this.number}>`;
  }
}

test("showAsString() makes the console show objects by their toString(), at any depth", () => {
  expect(inspect(new Ticket(7))).toBe("<Ticket 7>");
  expect(inspect({ tickets: [new Ticket(7)] })).toBe("{ tickets: [ <Ticket 7> ] }");
});

test("showAsString() counts for subclasses, by their own toString()", () => {
  class Voucher extends Ticket {
    override toString(): string {
      return `<Voucher ${this.number}>`;
    }
  }

  expect(inspect(new Voucher(7))).toBe("<Voucher 7>");
});

test("showAsString() adds nothing that could be enumerated", () => {
  const keys: string[] = [];
  for (const key in new Ticket(7)) keys.push(key);

  expect(keys).toEqual(["number"]);
});
