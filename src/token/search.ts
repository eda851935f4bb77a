// Searches of a session: from a template to what the indexes answer, and what they do not.

import { readUlong, type Template } from '../model/attribute.ts';
import { matches, spellings } from '../model/reading.ts';
import { CKA } from '../protocol/constants.ts';
import type { Search, SearchPlace, Store } from '../store/store.ts';
import { searchable, searchKey } from '../store/vault.ts';
import { LOGIN } from './board.ts';
import { handleOf } from './handles.ts';
import { secretOf } from './keyring.ts';
import type { ObjectSources, TokenObject } from './objects.ts';
import type { Session } from './session.ts';

/** Objects that a search looks at in one step: by the index alone, and where each has to be opened. */
const LOOKED_AT = 2048;
const OPENED = 128;

/** One of the searches that a search consists of. `rest`: what no index tells. */
interface Part {
  readonly onToken: boolean;
  readonly search: Search;
  readonly rest: Template;
}

/** An object is looked at once, and others are not to make room for it. */
type Load = (id: number, onToken: boolean) => TokenObject | undefined;

/**
 * Handles of everything that this session may see and the template describes (C_FindObjectsInit), bit by bit: each step looks at so few objects
 * that others of the worker hardly wait. What is made after the beginning is not found, nor a private object once its login has ended.
 */
export function* search(from: ObjectSources, session: Session, template: Template, load: Load): Generator<readonly number[], undefined> {
  const { generation } = session;
  for (const spelled of spellings(template)) {
    for (const part of partsOf(from, session, spelled)) {
      for (const ids of found(from, session, part, generation, load))
        yield ids.map((id) => handleOf({ id, onToken: part.onToken, private: part.search.private }, generation));
    }
  }
  yield from.builtIns.search(session.slot, template);
}

/** The token's objects and the application's, public and private: each has search keys of its own. */
function partsOf(from: ObjectSources, session: Session, template: Template): Part[] {
  const parts: Part[] = [];
  for (const onToken of [true, false]) {
    if (contradicts(template, CKA.TOKEN, onToken) || !(onToken || session.application.board.sessionObjects > 0)) continue;
    for (const isPrivate of session.login === LOGIN.USER ? [false, true] : [false]) {
      if (!contradicts(template, CKA.PRIVATE, isPrivate)) parts.push(partOf(from, session, template, onToken, isPrivate));
    }
  }
  return parts;
}

function partOf(from: ObjectSources, session: Session, template: Template, onToken: boolean, isPrivate: boolean): Part {
  const { slot } = session;
  const keys = from.keyring.forObjects(slot, from.tokens.serial(slot), onToken);
  const searchKeys = template
    .filter(({ type, value }) => searchable.has(type) && value !== null)
    .map(({ type, value }) => searchKey(isPrivate ? secretOf(keys) : keys.open, type, value!));
  const number = (type: number) => {
    const value = template.find((entry) => entry.type === type)?.value;
    return value?.length === 8 ? readUlong(value) : undefined;
  };
  const [objectClass, keyType] = [number(CKA.CLASS), number(CKA.KEY_TYPE)];
  const search: Search = {
    slot,
    private: isPrivate,
    searchKeys,
    ...(objectClass === undefined ? {} : { class: objectClass }),
    ...(keyType === undefined ? {} : { keyType }),
  };
  return { onToken, search, rest: template.filter((entry) => !answeredByIndex(entry, search)) };
}

function* found(
  from: ObjectSources,
  session: Session,
  { onToken, search, rest }: Part,
  generation: number,
  load: Load,
): Generator<number[], undefined> {
  const most = rest.length === 0 ? LOOKED_AT : OPENED;
  const { epoch, application } = session;
  const parts = onToken
    ? inStore(from.durable, search, most)
    : from.session.search({ ...search, application: application.id, epoch, generation }, most);
  // Between two parts others have their turn.
  const mayGoOn = () => !search.private || (session.login === LOGIN.USER && session.generation === generation);
  for (let part = mayGoOn() && parts.next(); part && !part.done; part = mayGoOn() && parts.next())
    yield rest.length === 0 ? part.value : part.value.filter((id) => fits(load(id, onToken), rest));
}

function* inStore(store: Store, search: Search, most: number): Generator<number[], undefined> {
  let last = Number.POSITIVE_INFINITY;
  let next: SearchPlace | undefined;
  do {
    const part = store.findSome(search, next, most);
    if (next === undefined && part.next !== undefined) last = store.lastId();
    next = part.next;
    yield next === undefined && last === Number.POSITIVE_INFINITY ? part.ids : part.ids.filter((id) => id <= last);
  } while (next !== undefined);
}

const fits = (object: TokenObject | undefined, rest: Template): boolean => object !== undefined && matches(object.attributes, rest);

const contradicts = (template: Template, type: number, truth: boolean): boolean =>
  template.some((entry) => entry.type === type && entry.value?.length === 1 && (entry.value[0] === 1) !== truth);

/** Entries that the search itself judges. A value of another length than its type has, or a second class, is left to matches(): it matches nothing. */
const answeredByIndex = ({ type, value }: Template[number], search: Search): boolean => {
  if (value === null) return false;
  if (type === CKA.TOKEN || type === CKA.PRIVATE) return value.length === 1 && value[0]! <= 1;
  if (type === CKA.CLASS) return value.length === 8 && readUlong(value) === search.class;
  if (type === CKA.KEY_TYPE) return value.length === 8 && readUlong(value) === search.keyType;
  return searchable.has(type);
};
