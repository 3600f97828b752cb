import { expect, test } from "vitest";
import { CancelRequest } from "./cancel-request.ts";
import { Cancellation } from "./cancellation.ts";

test("a Cancellation is of nothing at first", () => {
  expect(new Cancellation()).toMatchObject({ requests: 0, undelivered: 0, message: undefined, signal: null });
});

test("postpone() keeps the last message, for the next step", () => {
  const cancellation = new Cancellation();
  cancellation.postpone("first");
  cancellation.postpone("second");
  expect(cancellation).toMatchObject({ isPending: true, message: "second" });
});

test("takeBack() of the last request drops what is not delivered, and stays at zero", () => {
  const cancellation = new Cancellation();
  cancellation.requests = 2;
  cancellation.postpone("pending");
  cancellation.takeBack();
  expect(cancellation).toMatchObject({ requests: 1, isPending: true });
  cancellation.takeBack();
  expect(cancellation).toMatchObject({ requests: 0, isPending: false });
  cancellation.takeBack();
  expect(cancellation.requests).toBe(0);
});

test("bodyMoves() takes a request as delivered only while a signal is expected to have done that", () => {
  const cancellation = new Cancellation();
  cancellation.postpone("pending");
  cancellation.bodyMoves();
  expect(cancellation.isPending).toBe(true);
  cancellation.isDeliveryExpected = true;
  cancellation.bodyMoves();
  expect(cancellation).toMatchObject({ isPending: false, isDeliveryExpected: false });
});

test("withdraw() of an undelivered request drops that alone, and works once", () => {
  const cancellation = new Cancellation();
  cancellation.requests = 3;
  cancellation.postpone("somebody's");
  cancellation.postpone("ours");
  const ours = new CancelRequest(cancellation, true);
  ours.withdraw();
  ours.withdraw();
  expect(cancellation).toMatchObject({ requests: 2, undelivered: 1 });
});

test("withdraw() of a delivered request drops nothing that came later", () => {
  const cancellation = new Cancellation();
  cancellation.requests = 3;
  cancellation.postpone("ours");
  const ours = new CancelRequest(cancellation, true);
  cancellation.deliver();
  cancellation.postpone("somebody's");
  ours.withdraw();
  expect(cancellation).toMatchObject({ requests: 2, undelivered: 1 });
});
