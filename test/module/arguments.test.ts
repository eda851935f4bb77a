// Bad pointers, lengths and handles: an error each, nothing read or written that is not there, and a module that works afterwards.
import { expect } from 'vitest';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const expected = {
  'C_GetFunctionList(NULL)': 'ARGUMENTS_BAD',
  'C_GetInfo(NULL)': 'ARGUMENTS_BAD',
  'C_GetSlotList(NULL, NULL)': 'ARGUMENTS_BAD',
  'C_GetSlotInfo(NULL)': 'ARGUMENTS_BAD',
  'C_GetTokenInfo(NULL)': 'ARGUMENTS_BAD',
  'C_GetTokenInfo(no such slot)': 'SLOT_ID_INVALID',
  'C_GetMechanismList(NULL, NULL)': 'ARGUMENTS_BAD',
  'C_GetMechanismInfo(NULL)': 'ARGUMENTS_BAD',
  'C_InitToken(no label)': 'ARGUMENTS_BAD',
  'C_WaitForSlotEvent(reserved)': 'ARGUMENTS_BAD',
  'C_OpenSession(no handle)': 'ARGUMENTS_BAD',
  'C_OpenSession(not serial)': 'SESSION_PARALLEL_NOT_SUPPORTED',
  'C_OpenSession(no such slot)': 'SLOT_ID_INVALID',
  'C_GetSessionInfo(NULL)': 'ARGUMENTS_BAD',
  'C_GetSessionInfo(no such session)': 'SESSION_HANDLE_INVALID',
  'C_Login(no such user)': 'USER_TYPE_INVALID',
  'C_Login(NULL PIN of 6)': 'ARGUMENTS_BAD',
  'C_SetPIN(NULL new PIN)': 'ARGUMENTS_BAD',
  'C_CreateObject(NULL template)': 'ARGUMENTS_BAD',
  'C_CreateObject(no handle)': 'ARGUMENTS_BAD',
  'C_CreateObject(2^63 attributes)': 'HOST_MEMORY',
  'C_CreateObject(2^60 attributes)': 'HOST_MEMORY',
  'C_CreateObject(a value of 2^63)': 'HOST_MEMORY',
  'C_CreateObject(a NULL value of 4)': 'ATTRIBUTE_VALUE_INVALID',
  'C_GetAttributeValue(NULL template)': 'ARGUMENTS_BAD',
  'C_GetAttributeValue(2^63 attributes)': 'HOST_MEMORY',
  'C_GetAttributeValue(room for 2^63)': 'OK',
  'C_GetAttributeValue(room for 2^64-1)': 'OK',
  'C_GetAttributeValue(no such object)': 'OBJECT_HANDLE_INVALID',
  'C_SetAttributeValue(NULL template)': 'ARGUMENTS_BAD',
  'C_GetObjectSize(NULL)': 'ARGUMENTS_BAD',
  'C_CopyObject(no handle)': 'ARGUMENTS_BAD',
  'C_DestroyObject(no such object)': 'OBJECT_HANDLE_INVALID',
  'C_FindObjectsInit(NULL template)': 'ARGUMENTS_BAD',
  'C_FindObjects(no handles)': 'ARGUMENTS_BAD',
  'C_FindObjects(no count)': 'ARGUMENTS_BAD',
  'C_DigestInit(no such session)': 'SESSION_HANDLE_INVALID',
  'C_Digest(NULL data of 5)': 'ARGUMENTS_BAD',
  'C_Digest(no length)': 'ARGUMENTS_BAD',
  'C_Digest(2^63 bytes)': 'HOST_MEMORY',
  'C_Digest(room for 2^63)': 'OK',
  'C_Digest(room for 2^64-1)': 'OK',
  'C_DigestUpdate(2^64-1 bytes)': 'HOST_MEMORY',
  'C_GenerateKey(NULL mechanism)': 'ARGUMENTS_BAD',
  'C_GenerateKey(NULL parameter of 16)': 'ARGUMENTS_BAD',
  'C_GenerateKey(a parameter of 2^63)': 'HOST_MEMORY',
  'C_EncryptInit(no such key)': 'KEY_HANDLE_INVALID',
  'C_DigestInit(NULL mechanism, nothing active)': 'MECHANISM_INVALID',
  'C_EncryptInit(NULL mechanism, nothing active)': 'MECHANISM_INVALID',
  'C_SignInit(NULL mechanism, nothing active)': 'MECHANISM_INVALID',
  'C_DigestInit(NULL mechanism, to cancel)': 'OK',
  'C_WrapKey(NULL mechanism)': 'ARGUMENTS_BAD',
  'C_GenerateRandom(NULL)': 'ARGUMENTS_BAD',
  'C_GenerateRandom(2^63 bytes)': 'HOST_MEMORY',
  'C_SeedRandom(NULL)': 'ARGUMENTS_BAD',
  'and it still works': 'OK',
  'C_Finalize(reserved)': 'ARGUMENTS_BAD',
  C_Finalize: 'OK',
  'C_Finalize again': 'CRYPTOKI_NOT_INITIALIZED',
  'C_GetInfo afterwards': 'CRYPTOKI_NOT_INITIALIZED',
};

test('every bad argument gets its return value, and the module works on', async ({ room, token }) => {
  const { calls, end } = await probe(room, 'arguments', { PROBE_PIN: token.pin });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls).toEqual(expected);
});
