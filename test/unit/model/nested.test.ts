import { describe, expect, it } from 'vitest';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { isTemplateAttribute, packTemplate, unpackTemplate } from '../../../src/model/nested.ts';
import { CKA, CKM } from '../../../src/protocol/constants.ts';
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

  it('is refused where it gives an attribute twice', () => {
    expectError('TEMPLATE_INCONSISTENT', () => packTemplate([...template({ ID: 'a' }), ...template({ ID: 'a' })]));
  });

  it('is refused where a value is not of its type', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => packTemplate(template({ TOKEN: Uint8Array.of(2) })));
    expectError('ATTRIBUTE_VALUE_INVALID', () => packTemplate(template({ TOKEN: null })));
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

describe('an array attribute', () => {
  it('is one by the tables, whatever its number says', () => {
    expect([CKA.WRAP_TEMPLATE, CKA.DECAPSULATE_TEMPLATE].map(isTemplateAttribute)).toEqual([true, true]);
    expect([CKA.ALLOWED_MECHANISMS, CKA.LABEL, CKA.VENDOR_DEFINED].map(isTemplateAttribute)).toEqual([false, false, false]);
  });
});
