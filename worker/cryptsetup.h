/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few functions of libcryptsetup that we use, resolved when a volume is first opened. */
#pragma once

#include "util/util.h"

#include <libcryptsetup.h>

#define CRYPTSETUP_FUNCTIONS(F)             \
	F(crypt_init)                       \
	F(crypt_init_data_device)           \
	F(crypt_load)                       \
	F(crypt_free)                       \
	F(crypt_get_uuid)                   \
	F(crypt_get_type)                   \
	F(crypt_get_cipher)                 \
	F(crypt_reencrypt_status)           \
	F(crypt_keyslot_max)                \
	F(crypt_keyslot_status)             \
	F(crypt_keyslot_get_encryption)     \
	F(crypt_set_log_callback)           \
	F(crypt_activate_by_passphrase)     \
	F(crypt_activate_by_keyfile_device_offset)

struct cryptsetup {
#define CRYPTSETUP_MEMBER(name) __typeof__(&name) name;
	CRYPTSETUP_FUNCTIONS(CRYPTSETUP_MEMBER)
};

/* NULL: this system has no libcryptsetup, *why says what is missing. */
const struct cryptsetup *cryptsetup_get(const char **why);
