// Templates that nobody would write, and changes in every order: what must hold whatever an application does.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes, Template, TemplateEntry } from '../../../src/model/attribute.ts';
import { isTrue } from '../../../src/model/attribute.ts';
import { shapeOf } from '../../../src/model/classes.ts';
import { matches, readAttribute } from '../../../src/model/reading.ts';
import { note } from '../../../src/model/rules.ts';
import { changeObject, copyObject, createObject } from '../../../src/model/template.ts';
import { isValid } from '../../../src/model/value.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { everyKind } from './every-kind.ts';
import { aes, attempt, rsaPrivate, template } from './templates.ts';

const type = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...Object.values(CKA)) },
  { weight: 1, arbitrary: fc.oneof(fc.nat(), fc.double({ min: 0, max: 2 ** 64, noNaN: true }).map(Math.floor)) },
);
const value = fc.oneof(
  fc.constantFrom(null, Uint8Array.of(0), Uint8Array.of(1), new Uint8Array(8)),
  fc.uint8Array({ maxLength: 9 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
);
const { template: hostile } = fc.letrec<{ entry: TemplateEntry; template: TemplateEntry[] }>((tie) => ({
  entry: fc.oneof(
    { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
    fc.record({ type, value }),
    fc.record({ type, value: fc.constant(null), nested: tie('template') }),
  ),
  template: fc.array(tie('entry'), { maxLength: 5 }),
}));
const kind = fc.constantFrom(...Object.values(everyKind)).map(template);

const expectLawful = (object: Attributes): void => {
  const { rules, essential } = shapeOf(object);
  for (const [type, bytes] of object) expect(isValid(rules.get(type)!, bytes), `attribute ${type}`).toBe(true);
  for (const type of [...essential, CKA.UNIQUE_ID]) expect(object.has(type), `attribute ${type}`).toBe(true);
};

describe('whatever the template', () => {
  it('an object is made by the rules or not at all', () => {
    fc.assert(
      fc.property(kind, hostile, (given, more) => {
        const object = attempt(() => createObject([...given, ...more]));
        if (object !== undefined) expectLawful(object);
      }),
      { numRuns: 1000 },
    );
  });

  it('a search tells whether it matches', () => {
    fc.assert(
      fc.property(kind, hostile, (given, search) => {
        const object = createObject(given);
        const found = matches(object, search);
        if (found) for (const { type } of search) expect(readAttribute(object, type)).not.toBe('sensitive');
      }),
      { numRuns: 1000 },
    );
  });

  it('an object is found by everything that may be read of it', () => {
    fc.assert(
      fc.property(kind, (given) => {
        const object = createObject(given);
        const readable = [...object.keys()].flatMap((type) => {
          const value = readAttribute(object, type);
          return typeof value === 'string' ? [] : [{ type, value }];
        });
        expect(readable.length).toBeGreaterThan(5);
        expect(matches(object, readable)).toBe(true);
      }),
    );
  });
});

describe('whatever is changed and copied, in whatever order', () => {
  const flags = ['SENSITIVE', 'EXTRACTABLE', 'COPYABLE', 'MODIFIABLE', 'PRIVATE', 'WRAP_WITH_TRUSTED', 'TOKEN', 'ENCRYPT'] as const;
  const flag = fc.record({ type: fc.constantFrom(...flags).map((name) => CKA[name]), value: fc.boolean().map((b) => Uint8Array.of(+b)) });
  const step = fc.record({
    copy: fc.boolean(),
    template: fc.oneof(
      flag.map((entry): Template => [entry]),
      hostile,
    ),
  });
  const start = fc.record({ SENSITIVE: fc.boolean(), EXTRACTABLE: fc.boolean(), PRIVATE: fc.boolean() });

  /** Every object that a chain of such steps goes through. */
  function chain(first: Attributes, steps: readonly { copy: boolean; template: Template }[]): Attributes[] {
    const objects = [first];
    for (const { copy, template } of steps) {
      const last = objects.at(-1)!;
      const next = attempt(() => (copy ? copyObject(last, template) : changeObject(last, template)));
      if (next !== undefined) objects.push(next);
    }
    return objects;
  }

  it('no key becomes less protected than it was, or another key', () => {
    fc.assert(
      fc.property(fc.constantFrom(aes, rsaPrivate), start, fc.array(step, { maxLength: 12 }), (kind, flags, steps) => {
        const objects = chain(createObject(template({ ...kind, ...flags })), steps);
        for (const [at, next] of objects.slice(1).entries()) {
          const last = objects[at]!;
          for (const stays of [CKA.SENSITIVE, CKA.WRAP_WITH_TRUSTED, CKA.PRIVATE])
            if (isTrue(last, stays)) expect(isTrue(next, stays)).toBe(true);
          for (const stays of [CKA.EXTRACTABLE, CKA.COPYABLE]) if (!isTrue(last, stays)) expect(isTrue(next, stays)).toBe(false);
          for (const [type, { notes }] of shapeOf(last).rules) {
            if (notes & note.secret || type === CKA.CLASS || type === CKA.KEY_TYPE) expect(next.get(type)).toBe(last.get(type));
          }
          expect(isTrue(next, CKA.ALWAYS_SENSITIVE) || isTrue(next, CKA.NEVER_EXTRACTABLE) || isTrue(next, CKA.LOCAL)).toBe(false);
          expectLawful(next);
        }
      }),
      { numRuns: 500 },
    );
  });
});
