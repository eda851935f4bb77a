// Functions that cross to the engine with arguments of their own: some of them do not cross.

#include "marshal.h"
#include "module.h"

/** The callback is for notifications that nothing here gives (§5.6: a library may never call it). */
CK_RV C_OpenSession(CK_SLOT_ID slotID, CK_FLAGS flags, CK_VOID_PTR pApplication, CK_NOTIFY Notify, CK_SESSION_HANDLE_PTR phSession)
{
    struct call call;

    (void)pApplication;
    (void)Notify;
    if (!call_begin(&call, CALL_C_OpenSession, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    put_ulong(&call, flags);
    put_place(&call, phSession);
    call_exchange(&call);
    spread_answered(&call.hold);
    get_ulong(&call, phSession);
    if (call.rv == CKR_OK && call.going)
        watch_open(*phSession, slotID);
    return call_end(&call);
}

// What C_GetSessionInfo answers depends on the session, which is closed by calls of this process alone, and on who is logged in, whose
// every change the engine counts before it is answered, as it counts C_CloseAllSessions and the end of a token (foreseen.c has the same
// grounds).

/** Whether the last answer still holds, and was given. An engine that died counts no more: it is looked at. */
static bool info_known(struct call *call, CK_SESSION_INFO *info)
{
    const struct watch *watch = call->audit.session;
    const uint64_t known = watch ? __atomic_load_n(&watch->info, __ATOMIC_ACQUIRE) : 0;

    if (known == 0 || known >> 32 != changes_now(call) || !channel_lives(call->hold.region))
        return false;
    *info = (CK_SESSION_INFO){ .slotID = watch->slot, .state = known & 0xffff, .flags = known >> 16 & 0xffff };
    return true;
}

/** `changes`: what was counted before it was asked. */
static void info_learn(const struct call *call, uint32_t changes, const CK_SESSION_INFO *info)
{
    if (call->audit.session && info->ulDeviceError == 0 && info->flags != 0 && ((info->flags | info->state) >> 16) == 0)
        __atomic_store_n(&call->audit.session->info, (uint64_t)changes << 32 | info->flags << 16 | info->state, __ATOMIC_RELEASE);
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE hSession, CK_SESSION_INFO_PTR pInfo)
{
    struct call call;
    uint32_t changes;

    if (!call_begin(&call, CALL_C_GetSessionInfo, hSession, NO_SUBJECT))
        return call.rv;
    changes = changes_now(&call);
    if (!pInfo || !info_known(&call, pInfo)) {
        put_ulong(&call, hSession);
        put_place(&call, pInfo);
        call_exchange(&call);
        get_struct(&call, pInfo, sizeof *pInfo);
        if (call.rv == CKR_OK && call.going)
            info_learn(&call, changes, pInfo);
    }
    if (call.rv == CKR_OK && call.going)
        pInfo->ulDeviceError |= audit_bits(&call.audit);
    return call_end(&call);
}

/** May wait for long; C_Finalize ends it, and it then answers CKR_CRYPTOKI_NOT_INITIALIZED. */
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR pSlot, CK_VOID_PTR pReserved)
{
    struct call call;

    if (!call_begin(&call, CALL_C_WaitForSlotEvent, NO_SESSION, NO_SUBJECT))
        return call.rv;
    if (pReserved)
        call_fail(&call, CKR_ARGUMENTS_BAD);
    call.hold.abandonable = true;
    put_ulong(&call, flags);
    put_place(&call, pSlot);
    call_exchange(&call);
    get_ulong(&call, pSlot);
    return call_end(&call);
}

CK_RV C_AsyncComplete(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pFunctionName, CK_ASYNC_DATA_PTR pResult)
{
    struct call call;

    // The engine has no asynchronous operations: there is never a result to write.
    (void)pResult;
    if (!call_begin(&call, CALL_C_AsyncComplete, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_text(&call, pFunctionName);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_AsyncGetID(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pFunctionName, CK_ULONG_PTR pulID)
{
    struct call call;

    if (!call_begin(&call, CALL_C_AsyncGetID, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_text(&call, pFunctionName);
    put_place(&call, pulID);
    call_exchange(&call);
    get_ulong(&call, pulID);
    return call_end(&call);
}

CK_RV C_AsyncJoin(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pFunctionName, CK_ULONG ulID, CK_BYTE_PTR pData, CK_ULONG ulData)
{
    struct call call;

    if (!call_begin(&call, CALL_C_AsyncJoin, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_text(&call, pFunctionName);
    put_ulong(&call, ulID);
    put_bytes(&call, pData, ulData);
    call_exchange(&call);
    return call_end(&call);
}
