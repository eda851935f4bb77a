// GENERATED from src/protocol/layout.ts, breaches.ts, calls.ts, operations.ts, parameters.ts, templates.ts by tools/generate.ts; do not edit.
// What an application and the engine share: the region, the hello, the marks, the numbers of the calls, the attributes that are templates.

#ifndef STRONGROOM_LAYOUT_H
#define STRONGROOM_LAYOUT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define STRONGROOM_TABLES 0xd0c0a6eu
#define WIRE_VERSION 8u
#define LANES 64u
#define WORKER_BITS 6u
#define WORKERS 64u
#define FINDINGS 31u
#define BREACHES 8u
#define LANE_DATA 32768u
#define FRAME_MAX 268435456ull
#define FORESEEN 4294967296ull
#define LIST_MAX 256u
#define REGION_MAGIC 0x316d6f72676e7273ull
#define HELLO_MAGIC 0x6f6c6568u
#define WELCOME_MAGIC 0x656d6f63u
#define NULL_MARK 0xffffffffffffffffull
#define BAD_MARK 0xfffffffffffffffeull
#define TEMPLATE_ATTRIBUTES 0x40000211ul, 0x40000212ul, 0x40000213ul, 0x62aul, 0x62bul

#define LANE_FREE 0
#define LANE_CLAIMED 1
#define LANE_POSTED 2
#define LANE_SLEEPING 3
#define LANE_MORE 4
#define LANE_ANSWERED 5

#define HELLO_OK 0
#define HELLO_VERSION 1
#define HELLO_CREDENTIALS 2
#define HELLO_FULL 3

#define POINTS_AS_SET 0
#define POINTS_STANDARD 1
#define POINTS_OCTET_STRING 2

#define PARAMETER_NONE 0
#define PARAMETER_BYTES 1
#define PARAMETER_STRUCT 2

#define VALUE_NULL 0
#define VALUE_BYTES 1
#define VALUE_NESTED 2

#define OUTPUT_NONE 0
#define OUTPUT_BYTES 1
#define OUTPUT_POINTING 2

#define PRIMITIVE_NONE 0
#define PRIMITIVE_APP 1
#define PRIMITIVE_OS 2

#define AUDIT_OFF 0
#define AUDIT_COUNT 1
#define AUDIT_LOG 2
#define AUDIT_ENFORCE 3
#define AUDIT_ABORT 4

#define B1 1
#define B2 2
#define B3 3
#define B4 4
#define B5 5
#define B6 6
#define B7 7
#define B8 8

#define OPERATION_DIGEST 1
#define OPERATION_SIGN 2
#define OPERATION_VERIFY 4
#define OPERATION_ENCRYPT 8
#define OPERATION_DECRYPT 16
#define OPERATION_FIND 32
#define OPERATION_SIGN_RECOVER 64
#define OPERATION_VERIFY_RECOVER 128
#define OPERATION_VERIFY_SIGNATURE 256
#define OPERATION_MESSAGE_ENCRYPT 512
#define OPERATION_MESSAGE_DECRYPT 1024
#define OPERATION_MESSAGE_SIGN 2048
#define OPERATION_MESSAGE_VERIFY 4096

#define CALL_C_Initialize 1
#define CALL_C_Finalize 2
#define CALL_C_GetInfo 3
#define CALL_C_GetFunctionList 4
#define CALL_C_GetSlotList 5
#define CALL_C_GetSlotInfo 6
#define CALL_C_GetTokenInfo 7
#define CALL_C_GetMechanismList 8
#define CALL_C_GetMechanismInfo 9
#define CALL_C_InitToken 10
#define CALL_C_InitPIN 11
#define CALL_C_SetPIN 12
#define CALL_C_OpenSession 13
#define CALL_C_CloseSession 14
#define CALL_C_CloseAllSessions 15
#define CALL_C_GetSessionInfo 16
#define CALL_C_GetOperationState 17
#define CALL_C_SetOperationState 18
#define CALL_C_Login 19
#define CALL_C_Logout 20
#define CALL_C_CreateObject 21
#define CALL_C_CopyObject 22
#define CALL_C_DestroyObject 23
#define CALL_C_GetObjectSize 24
#define CALL_C_GetAttributeValue 25
#define CALL_C_SetAttributeValue 26
#define CALL_C_FindObjectsInit 27
#define CALL_C_FindObjects 28
#define CALL_C_FindObjectsFinal 29
#define CALL_C_EncryptInit 30
#define CALL_C_Encrypt 31
#define CALL_C_EncryptUpdate 32
#define CALL_C_EncryptFinal 33
#define CALL_C_DecryptInit 34
#define CALL_C_Decrypt 35
#define CALL_C_DecryptUpdate 36
#define CALL_C_DecryptFinal 37
#define CALL_C_DigestInit 38
#define CALL_C_Digest 39
#define CALL_C_DigestUpdate 40
#define CALL_C_DigestKey 41
#define CALL_C_DigestFinal 42
#define CALL_C_SignInit 43
#define CALL_C_Sign 44
#define CALL_C_SignUpdate 45
#define CALL_C_SignFinal 46
#define CALL_C_SignRecoverInit 47
#define CALL_C_SignRecover 48
#define CALL_C_VerifyInit 49
#define CALL_C_Verify 50
#define CALL_C_VerifyUpdate 51
#define CALL_C_VerifyFinal 52
#define CALL_C_VerifyRecoverInit 53
#define CALL_C_VerifyRecover 54
#define CALL_C_DigestEncryptUpdate 55
#define CALL_C_DecryptDigestUpdate 56
#define CALL_C_SignEncryptUpdate 57
#define CALL_C_DecryptVerifyUpdate 58
#define CALL_C_GenerateKey 59
#define CALL_C_GenerateKeyPair 60
#define CALL_C_WrapKey 61
#define CALL_C_UnwrapKey 62
#define CALL_C_DeriveKey 63
#define CALL_C_SeedRandom 64
#define CALL_C_GenerateRandom 65
#define CALL_C_GetFunctionStatus 66
#define CALL_C_CancelFunction 67
#define CALL_C_WaitForSlotEvent 68
#define CALL_C_GetInterfaceList 69
#define CALL_C_GetInterface 70
#define CALL_C_LoginUser 71
#define CALL_C_SessionCancel 72
#define CALL_C_MessageEncryptInit 73
#define CALL_C_EncryptMessage 74
#define CALL_C_EncryptMessageBegin 75
#define CALL_C_EncryptMessageNext 76
#define CALL_C_MessageEncryptFinal 77
#define CALL_C_MessageDecryptInit 78
#define CALL_C_DecryptMessage 79
#define CALL_C_DecryptMessageBegin 80
#define CALL_C_DecryptMessageNext 81
#define CALL_C_MessageDecryptFinal 82
#define CALL_C_MessageSignInit 83
#define CALL_C_SignMessage 84
#define CALL_C_SignMessageBegin 85
#define CALL_C_SignMessageNext 86
#define CALL_C_MessageSignFinal 87
#define CALL_C_MessageVerifyInit 88
#define CALL_C_VerifyMessage 89
#define CALL_C_VerifyMessageBegin 90
#define CALL_C_VerifyMessageNext 91
#define CALL_C_MessageVerifyFinal 92
#define CALL_C_EncapsulateKey 93
#define CALL_C_DecapsulateKey 94
#define CALL_C_VerifySignatureInit 95
#define CALL_C_VerifySignature 96
#define CALL_C_VerifySignatureUpdate 97
#define CALL_C_VerifySignatureFinal 98
#define CALL_C_GetSessionValidationFlags 99
#define CALL_C_AsyncComplete 100
#define CALL_C_AsyncGetID 101
#define CALL_C_AsyncJoin 102
#define CALL_C_WrapKeyAuthenticated 103
#define CALL_C_UnwrapKeyAuthenticated 104

struct header {
    uint64_t magic; // REGION_MAGIC
    uint32_t version; // WIRE_VERSION
    uint32_t tables; // low 32 bits of the hash of the protocol tables
    uint32_t workers; // workers that serve this application
    uint32_t detached; // set to 1 by the engine when it has given this application up
    uint32_t changes; // engine: counts whatever may change how an Init ends (native/pkcs11/foreseen.c)
    uint32_t traced; // engine: 1 where it wants to know how long calls take, stage by stage (native/addon/trace.h)
    uint32_t first_worker; // engine: where this application begins to spread its sessions
    uint8_t pad0[28];
    uint32_t init_case; // shim: which of C_Initialize’s four cases the application chose
    uint32_t primitive; // shim: what its threads wait in: PRIMITIVE
    uint32_t audit; // shim: the setting `audit`: AUDIT
    uint32_t breaches[8]; // shim: how often each row of breaches.ts was met with
    uint8_t pad1[20];
};
static_assert(offsetof(struct header, magic) == 0, "header.magic");
static_assert(offsetof(struct header, version) == 8, "header.version");
static_assert(offsetof(struct header, tables) == 12, "header.tables");
static_assert(offsetof(struct header, workers) == 16, "header.workers");
static_assert(offsetof(struct header, detached) == 20, "header.detached");
static_assert(offsetof(struct header, changes) == 24, "header.changes");
static_assert(offsetof(struct header, traced) == 28, "header.traced");
static_assert(offsetof(struct header, first_worker) == 32, "header.first_worker");
static_assert(offsetof(struct header, init_case) == 64, "header.init_case");
static_assert(offsetof(struct header, primitive) == 68, "header.primitive");
static_assert(offsetof(struct header, audit) == 72, "header.audit");
static_assert(offsetof(struct header, breaches) == 76, "header.breaches");
static_assert(sizeof(struct header) == 128, "header");

struct bell {
    uint64_t pending; // bit n: lane n is posted; the shim sets, the worker takes
    uint32_t asleep; // futex word: 1 while the worker sleeps; the ringer clears it and wakes
    uint32_t sessions; // engine: how many of this application’s sessions live at the worker
    uint8_t pad0[48];
};
static_assert(offsetof(struct bell, pending) == 0, "bell.pending");
static_assert(offsetof(struct bell, asleep) == 8, "bell.asleep");
static_assert(offsetof(struct bell, sessions) == 12, "bell.sessions");
static_assert(sizeof(struct bell) == 64, "bell");

struct lane {
    uint32_t state; // futex word: LANE_STATE
    uint32_t worker; // the worker whose pending word the lane was posted to
    uint32_t length; // bytes of this fragment in the data
    uint32_t more; // 1: another fragment of this frame follows
    uint64_t began; // shim: when the call entered the library
    uint64_t marshalled; // shim: when its frame was complete
    uint64_t ended; // shim: `began` of the call that the next three are of: the last one that ended
    uint64_t rung; // shim: when it was posted, and the worker woken
    uint64_t seen; // shim: when the thread saw the answer
    uint64_t done; // shim: when the call was about to return
};
static_assert(offsetof(struct lane, state) == 0, "lane.state");
static_assert(offsetof(struct lane, worker) == 4, "lane.worker");
static_assert(offsetof(struct lane, length) == 8, "lane.length");
static_assert(offsetof(struct lane, more) == 12, "lane.more");
static_assert(offsetof(struct lane, began) == 16, "lane.began");
static_assert(offsetof(struct lane, marshalled) == 24, "lane.marshalled");
static_assert(offsetof(struct lane, ended) == 32, "lane.ended");
static_assert(offsetof(struct lane, rung) == 40, "lane.rung");
static_assert(offsetof(struct lane, seen) == 48, "lane.seen");
static_assert(offsetof(struct lane, done) == 56, "lane.done");
static_assert(sizeof(struct lane) == 64, "lane");

struct finding {
    uint32_t pair; // the breach’s number, then a byte for each function: whoever sets it fills the rest
    uint32_t ready; // 1: the rest is filled
    uint32_t count; // how often
    uint32_t first_thread; // who was inside already, 0: nobody knows
    uint32_t second_thread; // who came
    uint32_t second_process; // of which process, 0: the application itself
    uint64_t first_session; // its session, 0: none
    uint64_t second_session; // its session, 0: none
    uint64_t first_name[2]; // the thread’s name
    uint64_t second_name[2]; // the thread’s name
    uint8_t pad0[56];
};
static_assert(offsetof(struct finding, pair) == 0, "finding.pair");
static_assert(offsetof(struct finding, ready) == 4, "finding.ready");
static_assert(offsetof(struct finding, count) == 8, "finding.count");
static_assert(offsetof(struct finding, first_thread) == 12, "finding.first_thread");
static_assert(offsetof(struct finding, second_thread) == 16, "finding.second_thread");
static_assert(offsetof(struct finding, second_process) == 20, "finding.second_process");
static_assert(offsetof(struct finding, first_session) == 24, "finding.first_session");
static_assert(offsetof(struct finding, second_session) == 32, "finding.second_session");
static_assert(offsetof(struct finding, first_name) == 40, "finding.first_name");
static_assert(offsetof(struct finding, second_name) == 56, "finding.second_name");
static_assert(sizeof(struct finding) == 128, "finding");

struct tally {
    uint32_t calls; // shim: calls of children
    uint32_t closed; // engine: 1 where nobody reads it any more
    uint8_t pad0[56];
};
static_assert(offsetof(struct tally, calls) == 0, "tally.calls");
static_assert(offsetof(struct tally, closed) == 4, "tally.closed");
static_assert(sizeof(struct tally) == 64, "tally");

// The whole region. There is room for WORKERS bells, however many workers there are.
struct region {
    struct header header;
    struct bell bells[WORKERS];
    struct lane lanes[LANES];
    struct finding findings[FINDINGS];
    uint8_t data[LANES][LANE_DATA];
};
static_assert(offsetof(struct region, bells) == 128, "region.bells");
static_assert(offsetof(struct region, lanes) == 4224, "region.lanes");
static_assert(offsetof(struct region, findings) == 8320, "region.findings");
static_assert(offsetof(struct region, data) == 12288, "region.data");
static_assert(sizeof(struct region) == 2109440, "region");

// The page of the children.
struct orphans {
    struct tally tally;
    struct finding findings[FINDINGS];
};
static_assert(offsetof(struct orphans, findings) == 64, "orphans.findings");
static_assert(sizeof(struct orphans) <= 4096, "orphans");

struct hello {
    uint32_t magic; // HELLO_MAGIC
    uint32_t version; // WIRE_VERSION
    uint32_t tables; // STRONGROOM_TABLES
    uint32_t points; // POINTS_AS_SET, or the form that the application wants
};
static_assert(offsetof(struct hello, magic) == 0, "hello.magic");
static_assert(offsetof(struct hello, version) == 4, "hello.version");
static_assert(offsetof(struct hello, tables) == 8, "hello.tables");
static_assert(offsetof(struct hello, points) == 12, "hello.points");
static_assert(sizeof(struct hello) == 16, "hello");

struct welcome {
    uint32_t magic; // WELCOME_MAGIC
    uint32_t status; // HELLO_OK, or why not
    uint64_t size; // the region's size in bytes
};
static_assert(offsetof(struct welcome, magic) == 0, "welcome.magic");
static_assert(offsetof(struct welcome, status) == 4, "welcome.status");
static_assert(offsetof(struct welcome, size) == 8, "welcome.size");
static_assert(sizeof(struct welcome) == 16, "welcome");

#endif
