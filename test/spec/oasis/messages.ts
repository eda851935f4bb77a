// A test case of "PKCS #11 Profiles" v3.2 as its XML has it (XML Representation): function calls, each with its answer.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { project } from '../../support/paths.ts';

const folder = resolve(project, '../shared/oasis');
export const present = existsSync(folder);
if (!present) console.warn('OASIS profiles: no test cases at ../shared/oasis, none is played');

export const testCases: readonly string[] = present ? readdirSync(folder).filter((name) => name.endsWith('.xml')) : [];

/** One element: its name, its attributes (`value`, `length`, `type`, `rv`, a version's `major` and `minor`), what is in it. */
export interface Item {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly items: readonly Item[];
}

export interface Exchange {
  readonly request: Item;
  readonly answer: Item;
}

function itemOf(element: Element): Item {
  const children = Array.from(element.childNodes).filter((node) => node.nodeType === node.ELEMENT_NODE) as Element[];
  return {
    name: element.tagName,
    attributes: Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value])),
    items: children.map(itemOf),
  };
}

/** "Always immediately followed by the XML element for the output results." */
export function exchangesOf(testCase: string): Exchange[] {
  const text = readFileSync(resolve(folder, testCase), 'utf8');
  const root = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${testCase}: ${level}: ${message}`);
    },
  }).parseFromString(text, 'text/xml').documentElement;
  if (root?.tagName !== 'PKCS11') throw new Error(`${testCase} has no root PKCS11`);
  const { items } = itemOf(root);
  const exchanges: Exchange[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const [request, answer] = [items[at]!, items[at + 1]];
    if (answer?.name !== request.name || 'rv' in request.attributes || !('rv' in answer.attributes))
      throw new Error(`${testCase}: ${request.name} is not followed by its answer`);
    exchanges.push({ request, answer });
  }
  return exchanges;
}
