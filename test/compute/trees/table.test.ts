import { describe, expect, test } from "vitest";
import { labelledTable, parseTable, testTable } from "../../../src/compute/trees/table.js";

const GOOD = 'x,"speed, m/s",label\r\n1,-2.5e-1,b\n\n3, 4 ,"a ""or"" c"\n';

test("a table is read: quotes, both line ends, blanks, an empty line, a byte order mark", () => {
  const table = parseTable(`\uFEFF${GOOD}`, "a.csv");
  expect(table.header).toEqual(["x", "speed, m/s", "label"]);
  expect(table.rows).toEqual([
    ["1", "-2.5e-1", "b"],
    ["3", "4", 'a "or" c'],
  ]);
  expect(table.lines).toEqual([2, 4]);
  expect(parseTable("x,y\n1,2", "a.csv").rows).toEqual([["1", "2"]]);
});

test("columns become inputs and classes, and a test table may order them otherwise", () => {
  const data = labelledTable(parseTable(GOOD, "a.csv"), "label");
  expect([...data.inputs]).toEqual([1, -0.25, 3, 4]);
  expect(data.classNames).toEqual(['a "or" c', "b"]);
  expect(data.labels).toEqual([1, 0]);
  const other = testTable(parseTable('label,"speed, m/s",x\nb,5,6\nzebra,7,8\n', "b.csv"), "label", data);
  expect([...other.inputs]).toEqual([6, 5, 8, 7]);
  expect(other.labels).toEqual([1, -1]);
});

test("classes that are numbers stand in their order", () => {
  expect(labelledTable(parseTable("x,y\n1,10\n2,9\n3,10\n", "a.csv"), "y").classNames).toEqual(["9", "10"]);
});

test("numbers of one value are one class, however they are written; names are not", () => {
  const numbers = labelledTable(parseTable("x,y\n1,1.0\n2,0\n3,1\n", "a.csv"), "y");
  expect(numbers.classNames).toEqual(["0", "1.0"]);
  expect(numbers.labels).toEqual([1, 0, 1]);
  expect(testTable(parseTable("x,y\n1,0.0\n2,1e0\n3,2\n4,a\n", "b.csv"), "y", numbers).labels).toEqual([0, 1, -1, -1]);
  const names = labelledTable(parseTable("x,y\n1,0\n2,none\n", "a.csv"), "y");
  expect(testTable(parseTable("x,y\n1,0\n2,0.0\n", "b.csv"), "y", names).labels).toEqual([0, -1]);
  const long = labelledTable(parseTable("x,y\n1,9007199254740993\n2,9007199254740992\n", "a.csv"), "y");
  expect(long.classNames).toEqual(["9007199254740992", "9007199254740993"]);
});

test("a column that the training table lacks is left out, and named", () => {
  const train = labelledTable(parseTable("x,y\n1,a\n2,b\n", "a.csv"), "y");
  const held = testTable(parseTable("w,x,y,z\n9,1,a,9\n", "b.csv"), "y", train);
  expect([...held.inputs]).toEqual([1]);
  expect(held.unused).toEqual(["w", "z"]);
});

test("a constant column is named", () => {
  expect(labelledTable(parseTable("x,k,y\n1,5,a\n2,5,b\n", "a.csv"), "y").constant).toEqual(["k"]);
});

describe("one sentence for", () => {
  const read = (text: string, target = "y") => labelledTable(parseTable(text, "a.csv"), target);

  test.each([
    ["nothing", "", "a.csv: expected a CSV file with a header, got an empty file"],
    ["zero rows", "x,y\n", "a.csv: expected at least one row below the header, got zero rows"],
    ["one class", "x,y\n1,a\n2,a\n", 'a.csv column "y": expected two or more classes, got one class, "a"'],
    ["NaN", "x,y\n1,a\nNaN,b\n", 'a.csv line 3, column "x": expected a finite number, got "NaN"'],
    ["a missing value", "x,y\n1,a\n\n,b\n", 'a.csv line 4, column "x": expected a finite number, got a missing value'],
    ["a missing class", "x,y\n1,a\n2,\n", 'a.csv line 3, column "y": expected a class, got a missing value'],
    ["words among numbers", "x,y\n1,a\nfast,b\n", 'a.csv line 3, column "x": expected a finite number, got "fast"'],
    [
      "a number too large",
      "x,y\n1,a\n1e39,b\n",
      'a.csv line 3, column "x": expected a number from -3.4e38 to 3.4e38, as a float32 holds, got "1e39"',
    ],
    ["a number too large for a double", "x,y\n1,a\n-1e999,b\n", 'as a float32 holds, got "-1e999"'],
    ["infinity", "x,y\n1,a\n-Infinity,b\n", 'column "x": expected a finite number, got "-Infinity"'],
    ["a word that begins as a number", "x,y\n1,a\n12a,b\n", 'column "x": expected a finite number, got "12a"'],
    ["a row too long", "x,y\n1,a,3\n", "a.csv line 2: expected 2 values, got 3 values"],
    ["a quote without end", 'x,y\n1,"a\n2,b\n', "a.csv line 2: expected cells separated by commas"],
    ["a name twice", "x,x\n1,a\n", 'a.csv column 2: expected a name that no other column has, got "x"'],
    ["a column without a name", "x,\n1,a\n", "a.csv column 2: expected a name in the first line"],
    ["no inputs", "y\na\nb\n", "a.csv: expected at least one column of numbers"],
  ])("%s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("a target that is no column", () => {
    expect(() => read("x,y\n1,a\n", "z")).toThrow('--target: expected a column of a.csv: x, y, got "z"');
  });

  test("a test table without a column", () => {
    const train = read("x,y\n1,a\n2,b\n");
    expect(() => testTable(parseTable("w,y\n1,a\n", "b.csv"), "y", train)).toThrow(
      'b.csv: expected the column "x" of the training file, got only w, y',
    );
    expect(() => testTable(parseTable("x,w\n1,a\n", "b.csv"), "y", train)).toThrow(
      'b.csv: expected the column "y" of the training file, got only x, w',
    );
  });
});
