// Object management (§5.7).

import { completeObject } from '../mechanisms/complete.ts';
import { type Attributes, isTrue, type Template } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { isTemplateAttribute, unpackTemplate } from '../model/nested.ts';
import { readAttribute } from '../model/reading.ts';
import { changeObject, copyObject, createObject } from '../model/template.ts';
import { Partial } from '../protocol/codec.ts';
import { CK, CKA, CKR } from '../protocol/constants.ts';
import { QUERY, type WireSpace } from '../protocol/reader.ts';
import type { WireValue } from '../protocol/writer.ts';
import { after } from '../token/after.ts';
import { LOGIN } from '../token/board.ts';
import { counterBytes } from '../token/built-ins.ts';
import { type Context, sessionOf } from '../token/context.ts';
import { readsOlderPoints } from '../token/point-form.ts';
import type { Session } from '../token/session.ts';
import { EMPTY, type Handlers } from './handler.ts';

const UNAVAILABLE = CK.UNAVAILABLE_INFORMATION;

/** sizeof(CK_ATTRIBUTE): an array attribute's ulValueLen counts these. */
const ATTRIBUTE_SIZE = 24;

export const objects: Pick<
  Handlers,
  | 'C_CreateObject'
  | 'C_CopyObject'
  | 'C_DestroyObject'
  | 'C_GetObjectSize'
  | 'C_GetAttributeValue'
  | 'C_SetAttributeValue'
  | 'C_FindObjectsInit'
  | 'C_FindObjects'
  | 'C_FindObjectsFinal'
> = {
  C_CreateObject: (context, { hSession, pTemplate }) => {
    const session = sessionOf(context, hSession);
    const attributes = createObject(pTemplate, { bySo: isSo(session) });
    completeObject(attributes);
    return after(context.objects.create(session, [attributes]), ([phObject]) => ({ phObject: phObject! }));
  },

  C_CopyObject: (context, { hSession, hObject, pTemplate }) => {
    const session = sessionOf(context, hSession);
    const attributes = copyObject(context.objects.get(session, hObject).attributes, pTemplate, { bySo: isSo(session) });
    if (pTemplate.some(({ type }) => type === CKA.PUBLIC_KEY_INFO)) completeObject(attributes);
    return after(context.objects.create(session, [attributes]), ([phNewObject]) => ({ phNewObject: phNewObject! }));
  },

  C_DestroyObject: (context, { hSession, hObject }) => {
    const destroyed = context.objects.destroy(sessionOf(context, hSession), hObject, ({ attributes }) => {
      ensure(isTrue(attributes, CKA.DESTROYABLE), 'ACTION_PROHIBITED', 'the object may not be destroyed');
    });
    return after(destroyed, () => undefined);
  },

  // "In bytes", says §5.7.5 and no more: the attributes' own bytes, and none of a value that may not be read.
  C_GetObjectSize: (context, { hSession, hObject }) => {
    const { attributes } = context.objects.get(sessionOf(context, hSession), hObject);
    let pulSize = 0;
    for (const type of attributes.keys()) {
      const value = readAttribute(attributes, type);
      if (typeof value !== 'string') pulSize += value.length;
    }
    return { pulSize };
  },

  C_GetAttributeValue: (context, { hSession, hObject, pTemplate }) => {
    const session = sessionOf(context, hSession);
    const { attributes } = context.objects.get(session, hObject);
    if (readsCounter(attributes, pTemplate)) return counted(context, session, attributes, pTemplate);
    return answered(attributes, pTemplate, readsOlderPoints(context, session));
  },

  C_SetAttributeValue: (context, { hSession, hObject, pTemplate }) => {
    const session = sessionOf(context, hSession);
    const changing = context.objects.change(session, hObject, ({ attributes }) => {
      const changed = changeObject(attributes, pTemplate, { bySo: isSo(session) });
      if (pTemplate.some(({ type }) => type === CKA.PUBLIC_KEY_INFO)) completeObject(changed);
      return changed;
    });
    return after(changing, () => undefined);
  },

  C_FindObjectsInit: (context, { hSession, active, pTemplate, phObject }) => {
    const session = sessionOf(context, hSession);
    ensure(active === 0, 'OPERATION_ACTIVE', 'the library still has what an earlier search found');
    const found = new Found(context.objects.search(session, pTemplate));
    session.operations.begin('find', found);
    const first = found.take(phObject);
    // The library has room for a page, or none. With all of it there, it ends the search by itself.
    const more = phObject === 0 || !found.ended;
    if (!more) session.operations.end('find');
    return { phObject: first, more: Number(more) };
  },

  C_FindObjects: (context, { hSession, phObject }) => {
    const { active } = sessionOf(context, hSession).operations.get<Found>('find');
    const some = active.take(phObject);
    return { phObject: some, more: Number(some.length < phObject && !active.ended) };
  },

  C_FindObjectsFinal: (context, { hSession }) => {
    const { operations } = sessionOf(context, hSession);
    operations.get('find');
    operations.end('find');
    return undefined;
  },
};

/** Handles that are given at a time, and how long is looked for them, in milliseconds: the library asks again for what it lacks. */
const PAGE = 2048;
const TURN = 4;

/** What a search has found and was not given out yet, and where it goes on. */
class Found {
  readonly #search: Iterator<readonly number[]>;
  #waiting: number[] = [];
  #isOver = false;

  constructor(search: Iterator<readonly number[]>) {
    this.#search = search;
  }

  /** As many as asked for, unless that takes too long: then `ended` is false, and the next call goes on. */
  take(most: number): readonly number[] {
    const wanted = Math.min(most, PAGE);
    const end = performance.now() + TURN;
    // One more than is wanted tells whether there are more.
    while (!this.#isOver && this.#waiting.length <= wanted) {
      this.#step();
      if (performance.now() > end) break;
    }
    return this.#waiting.splice(0, wanted);
  }

  /** Nothing is left, and nothing more will be found. */
  get ended(): boolean {
    return this.#isOver && this.#waiting.length === 0;
  }

  #step(): void {
    const { done, value } = this.#search.next();
    if (done) this.#isOver = true;
    else this.#waiting = this.#waiting.length === 0 ? [...value] : [...this.#waiting, ...value];
  }
}

/** Some attributes are the SO's to set (footnote 10). */
const isSo = ({ login }: Session): boolean => login === LOGIN.SO;

function answered(attributes: Attributes, template: readonly WireSpace[], older = false): Partial<{ pTemplate: WireValue[] }> {
  let rv: number = CKR.OK;
  const values = template.map((wanted) => {
    const answer = answerAttribute(attributes, wanted, older);
    if (answer.rv !== CKR.OK) rv = answer.rv;
    return answer.value;
  });
  return new Partial(rv, { pTemplate: values });
}

/** Whether this tells the counter's value, and not its length alone. */
const readsCounter = (attributes: Attributes, template: readonly WireSpace[]): boolean =>
  attributes.has(CKA.HAS_RESET) && template.some(({ type, space }) => type === CKA.VALUE && space !== QUERY);

/** §4.3.4: "guaranteed to increase each time its value is read". It increases first, so that a reading that is lost is not given again. */
async function counted(context: Context, session: Session, attributes: Attributes, template: readonly WireSpace[]) {
  const value = counterBytes(await context.supervisor.count(session.slot));
  return answered(new Map([...attributes, [CKA.VALUE, value]]), template);
}

interface Answer {
  readonly rv: number;
  readonly value: WireValue;
}

/** §5.7.5's five cases for one entry: each is answered, whatever the others get. */
function answerAttribute(attributes: Attributes, wanted: WireSpace, older: boolean): Answer {
  const { type } = wanted;
  const value = readAttribute(attributes, type, older);
  if (value === 'sensitive') return { rv: CKR.ATTRIBUTE_SENSITIVE, value: { type, length: UNAVAILABLE } };
  if (value === 'invalid') return { rv: CKR.ATTRIBUTE_TYPE_INVALID, value: { type, length: UNAVAILABLE } };
  if (isTemplateAttribute(type)) return answerTemplate(type, unpackTemplate(value), wanted);
  return answerBytes(type, value, wanted.space);
}

function answerBytes(type: number, value: Uint8Array, space: number): Answer {
  if (space === QUERY) return { rv: CKR.OK, value: { type, length: value.length } };
  if (space >= value.length) return { rv: CKR.OK, value: { type, length: value.length, value } };
  return { rv: CKR.BUFFER_TOO_SMALL, value: { type, length: UNAVAILABLE } };
}

/** An array attribute: the application gives an array of CK_ATTRIBUTE, and in it each value's own buffer or none. */
function answerTemplate(type: number, template: Template, { space, nested }: WireSpace): Answer {
  const length = template.length * ATTRIBUTE_SIZE;
  if (nested === undefined && space === QUERY) return { rv: CKR.OK, value: { type, length } };
  if ((nested?.length ?? 0) < template.length) return { rv: CKR.BUFFER_TOO_SMALL, value: { type, length: UNAVAILABLE } };
  const answers = template.map((entry, at) => {
    const room = nested![at]!;
    return entry.nested ? answerTemplate(entry.type, entry.nested, room) : answerBytes(entry.type, entry.value ?? EMPTY, room.space);
  });
  const rv = answers.find((answer) => answer.rv !== CKR.OK)?.rv ?? CKR.OK;
  return { rv, value: { type, length, nested: answers.map(({ value }) => value) } };
}
