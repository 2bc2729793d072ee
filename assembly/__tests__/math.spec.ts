import { mathExp, mathLog, mathPow } from "../math";

describe("math", () => {
  test("log, exp and pow are AssemblyScript's own", () => {
    expect(mathLog(1.0)).toBe(0.0);
    expect(mathExp(0.0)).toBe(1.0);
    expect(mathPow(2.0, 0.5)).toBe(Math.sqrt(2.0));
  });
});
