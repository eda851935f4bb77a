// A mechanism's parameter by the names of its fields.

import { structs } from '../../src/protocol/structs.ts';
import { parameters } from '../../src/protocol/structures.ts';
import { structure, type Value } from './cryptoki.ts';

export type Fields = Readonly<Record<string, Value>>;

/** The lengths that go with the pointers among the fields. */
const lengths = (name: string, fields: Fields): Fields => {
  const rows = name in parameters ? parameters[name as keyof typeof parameters] : [];
  const found: Record<string, number> = {};
  for (const row of rows) {
    const value = fields[row.path];
    if (!('length' in row) || !(value instanceof Uint8Array)) continue;
    found[row.length] = row.kind === 'bytes' ? value.length : value.length * 8;
  }
  return found;
};

/** A length that goes with a pointer need not be given, and what is not given is 0 or NULL. */
export const struct = (name: string, given: Fields): Buffer => {
  const fields = { ...lengths(name, given), ...given };
  const names = structs[name]!.map(([, declared]) => /^\w+/.exec(declared)![0]);
  const stranger = Object.keys(fields).find((field) => !names.includes(field));
  if (stranger !== undefined) throw new Error(`${name} has no ${stranger}`);
  return structure(
    name,
    names.map((field) => fields[field] ?? 0),
  );
};
