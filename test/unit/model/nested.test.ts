import { describe, expect, it } from 'vitest';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { valueTypes } from '../../../src/model/classes.ts';
import { packTemplate, unpackTemplate } from '../../../src/model/nested.ts';
import { CKA, CKM } from '../../../src/protocol/constants.ts';
import { templateAttributes } from '../../../src/protocol/templates.ts';
import { expectError, template } from './templates.ts';

describe('a template within a template', () => {
  it('comes back as it was packed', () => {
    const given = template({
      TOKEN: true,
      LABEL: 'wrapped',
      ID: '',
      ALLOWED_MECHANISMS: ulongBytes(CKM.AES_GCM),
      UNWRAP_TEMPLATE: template({ EXTRACTABLE: false, DERIVE_TEMPLATE: [] }),
    });
    expect(unpackTemplate(packTemplate(given))).toEqual(given);
  });

  it('may be empty', () => {
    expect(unpackTemplate(packTemplate([]))).toEqual([]);
  });

  it('takes a NULL value for an empty one', () => {
    expect(unpackTemplate(packTemplate(template({ LABEL: null })))).toEqual(template({ LABEL: '' }));
  });

  it('is refused where it names an attribute that does not exist', () => {
    expectError('ATTRIBUTE_TYPE_INVALID', () => packTemplate([{ type: 0x7777, value: null }]));
  });

  it('is refused where it gives an attribute two values; twice the same is as good as once', () => {
    expectError('TEMPLATE_INCONSISTENT', () => packTemplate([...template({ ID: 'a' }), ...template({ ID: 'b' })]));
    expect(packTemplate([...template({ ID: 'a' }), ...template({ ID: 'a' })])).toEqual(packTemplate(template({ ID: 'a' })));
  });

  it('is refused where a value is not of its type', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => packTemplate(template({ TOKEN: Uint8Array.of(2) })));
    expectError('ATTRIBUTE_VALUE_INVALID', () => packTemplate(template({ TOKEN: null })));
    expectError('ATTRIBUTE_VALUE_INVALID', () => packTemplate([{ type: CKA.LABEL, value: null, nullLength: 3 }]));
  });

  it('is refused where a template in it came as bytes, and empty where it is NULL', () => {
    expectError('TEMPLATE_INCONSISTENT', () => packTemplate(template({ WRAP_TEMPLATE: 'pointers of an application' })));
    expect(unpackTemplate(packTemplate(template({ WRAP_TEMPLATE: null })))).toEqual(template({ WRAP_TEMPLATE: [] }));
  });

  it('is refused where templates lie deeper than a frame may hold them', () => {
    const deep = (levels: number): ReturnType<typeof template> => (levels === 0 ? [] : template({ WRAP_TEMPLATE: deep(levels - 1) }));
    expect(unpackTemplate(packTemplate(deep(2)))).toEqual(deep(2));
    expectError('TEMPLATE_INCONSISTENT', () => packTemplate(deep(3)));
  });
});

describe('an attribute that crosses as a template', () => {
  it('is one by the rows too', () => {
    const inRows = [...valueTypes()].filter(([, type]) => type === 'template').map(([attribute]) => attribute);
    expect(inRows.sort()).toEqual([...templateAttributes].sort());
  });
});
