import { InputError, showValue } from "../../core/errors.js";
import type { ClassificationData } from "./data.js";

/** A table of text, as a CSV file holds it. */
export interface TextTable {
  /** Names the file in messages. */
  readonly source: string;
  readonly header: readonly string[];
  /** Cells by row, trimmed. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row starts, from 1. */
  readonly lines: readonly number[];
}

/**
 * Reads comma-separated text with a header; cells may be quoted (`""` is a quote), empty lines are left out.
 *
 * Throws `InputError` that names the line: a row of another width, a quote that never ends, a column without a name or
 * named twice, no row at all.
 */
export function parseTable(text: string, source: string): TextTable {
  const records = recordsOf(text.replace(/^\uFEFF/, ""), source);
  const [first, ...rest] = records;
  if (!first) throw new InputError(source, "an empty file", "a CSV file with a header");
  const header = first.cells;
  header.forEach((name, column) => {
    if (name === "") throw new InputError(`${source} column ${column + 1}`, "no name", "a name in the first line");
    if (header.indexOf(name) < column) {
      throw new InputError(`${source} column ${column + 1}`, showValue(name), "a name that no other column has");
    }
  });
  for (const { cells, line } of rest) {
    if (cells.length === header.length) continue;
    throw new InputError(`${source} line ${line}`, `${cells.length} values`, `${header.length} values`);
  }
  if (rest.length === 0) throw new InputError(source, "zero rows", "at least one row below the header");
  return { source, header, rows: rest.map(({ cells }) => cells), lines: rest.map(({ line }) => line) };
}

interface TextRecord {
  readonly cells: string[];
  readonly line: number;
}

function recordsOf(text: string, source: string): TextRecord[] {
  const records: TextRecord[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  const endRecord = () => {
    if (cells.length > 1 || cells[0] !== "") records.push({ cells, line: start });
    cells = [];
    start = line;
  };
  // One cell at a time: quoted or plain, then what ends it.
  const pattern = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  while (pattern.lastIndex <= text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) {
      const given = text.slice(at).split(/[\r\n]/, 1)[0];
      throw new InputError(`${source} line ${line}`, showValue(given), "cells separated by commas, quotes in pairs");
    }
    const [whole, quoted, plain = "", end] = match;
    cells.push((quoted === undefined ? plain : quoted.replaceAll('""', '"')).trim());
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end !== ",") endRecord();
    if (end === "") break;
  }
  return records;
}

/** Rows with classes, from a table. */
export interface LabelledTable extends ClassificationData {
  readonly featureNames: readonly string[];
  /**
   * [numClasses] as the file writes them; numbers in their order, else alphabetical. Where all are numbers, those of one
   * value are one class (0 and 0.0), which has the name that came first.
   */
  readonly classNames: readonly string[];
  /** Columns that hold one value only: no split can use them. */
  readonly constant: readonly string[];
}

/**
 * Takes the column `target` as classes and every other one as a number.
 *
 * Throws `InputError` that names line and column of the first value that is missing or no finite number, a target
 * that is no column, or a target of one class.
 */
export function labelledTable(table: TextTable, target: string): LabelledTable {
  const { source, header, rows } = table;
  const targetColumn = header.indexOf(target);
  if (targetColumn < 0) {
    throw new InputError("--target", showValue(target), `a column of ${source}: ${header.join(", ")}`);
  }
  const featureNames = header.filter((name) => name !== target);
  if (featureNames.length === 0) {
    throw new InputError(source, `no column but ${showValue(target)}`, "at least one column of numbers");
  }
  const inputs = inputsOf(table, featureNames);
  rows.forEach((cells, row) => {
    if (cells[targetColumn] === "") throw missing(table, row, target, "a class");
  });
  const written = rows.map((cells) => cells[targetColumn]);
  const keyOf = classKeys(written);
  const firstNames = new Map<ClassKey, string>();
  for (const name of written) if (!firstNames.has(keyOf(name))) firstNames.set(keyOf(name), name);
  const classNames = sortedNames([...firstNames.values()], keyOf);
  if (classNames.length < 2) {
    throw new InputError(
      `${source} column ${showValue(target)}`,
      `one class, ${showValue(classNames[0])}`,
      "two or more classes",
    );
  }
  const classOf = classReader(classNames);
  const constant = featureNames.filter((_, feature) => isConstant(inputs, feature, featureNames.length));
  return {
    inputs,
    numFeatures: featureNames.length,
    labels: written.map(classOf),
    numClasses: classNames.length,
    featureNames,
    classNames,
    constant,
  };
}

/** Rows that a model is tested on. */
export interface TestTable {
  readonly inputs: Float32Array;
  /** [numRows] as numbers of the training classes; -1 for one that never trained. */
  readonly labels: readonly number[];
  /** Columns that the training table does not have: they are left out. */
  readonly unused: readonly string[];
}

/**
 * Reads another table with the columns of the first, in whatever order. Throws `InputError` like {@link labelledTable},
 * and for a column that is not there.
 */
export function testTable(table: TextTable, target: string, train: LabelledTable): TestTable {
  const { header, rows, source } = table;
  const needed = new Set([...train.featureNames, target]);
  for (const name of needed) {
    if (header.includes(name)) continue;
    throw new InputError(source, `only ${header.join(", ")}`, `the column ${showValue(name)} of the training file`);
  }
  const classOf = classReader(train.classNames);
  const targetColumn = header.indexOf(target);
  const labels = rows.map((cells, row) => {
    if (cells[targetColumn] === "") throw missing(table, row, target, "a class");
    return classOf(cells[targetColumn]);
  });
  const unused = header.filter((name) => !needed.has(name));
  return { inputs: inputsOf(table, train.featureNames), labels, unused };
}

type ClassKey = number | string;

/** What tells classes apart: their values where all names are numbers, else the names. */
function classKeys(names: readonly string[]): (name: string) => ClassKey {
  // Beyond these numbers two that are written differently may be the same double.
  const areNumbers = names.every((name) => Math.abs(Number(name)) <= Number.MAX_SAFE_INTEGER);
  return areNumbers ? Number : (name) => name;
}

/** Reads the number of a class, -1 for an unknown one. */
function classReader(classNames: readonly string[]): (name: string) => number {
  const keyOf = classKeys(classNames);
  const indices = new Map(classNames.map((name, index) => [keyOf(name), index]));
  return (name) => indices.get(keyOf(name)) ?? -1;
}

/** What a number is told that overflows. */
const FLOAT32_NUMBER = "a number from -3.4e38 to 3.4e38, as a float32 holds";

function inputsOf(table: TextTable, names: readonly string[]): Float32Array {
  const columns = names.map((name) => table.header.indexOf(name));
  const inputs = new Float32Array(table.rows.length * columns.length);
  table.rows.forEach((cells, row) => {
    columns.forEach((column, feature) => {
      const text = cells[column];
      const value = text === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(Math.fround(value))) {
        const isWord = Number.isNaN(value) || /infinity/i.test(text);
        throw missing(table, row, names[feature], isWord ? "a finite number" : FLOAT32_NUMBER);
      }
      inputs[row * columns.length + feature] = value;
    });
  });
  return inputs;
}

function missing({ source, lines, rows, header }: TextTable, row: number, name: string, allowed: string): InputError {
  const text = rows[row][header.indexOf(name)];
  const given = text === "" ? "a missing value" : showValue(text);
  return new InputError(`${source} line ${lines[row]}, column ${showValue(name)}`, given, allowed);
}

function sortedNames(names: readonly string[], keyOf: (name: string) => ClassKey): string[] {
  return [...names].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function isConstant(inputs: Float32Array, feature: number, numFeatures: number): boolean {
  for (let i = feature; i < inputs.length; i += numFeatures) if (inputs[i] !== inputs[feature]) return false;
  return true;
}
