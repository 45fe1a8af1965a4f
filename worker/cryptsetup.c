/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcryptsetup and the OpenSSL behind it are a third of a small image: an image without LUKS leaves
 * them out, and the ELF note below lets builders of images see what the worker would open.
 */
#include "cryptsetup.h"

#include <dlfcn.h>
#include <elf.h>

#define SONAME "libcryptsetup.so.12"

/* systemd.io/ELF_DLOPEN_METADATA: owner "FDO", this type, a JSON array. */
#define NOTE_TYPE 0x407c0c0a
#define NOTE_JSON                                                                                     \
	"[{\"feature\":\"luks\",\"description\":\"Opens LUKS volumes\","                              \
	"\"priority\":\"recommended\",\"soname\":[\"" SONAME "\"]}]"

struct dlopen_note {
	Elf32_Nhdr head;
	char owner[4];
	char json[(sizeof NOTE_JSON + 3) & ~3UL];
};

__attribute__((used, aligned(4), section(".note.dlopen"))) static const struct dlopen_note note = {
	.head = { .n_namesz = sizeof "FDO", .n_descsz = sizeof NOTE_JSON, .n_type = NOTE_TYPE },
	.owner = "FDO",
	.json = NOTE_JSON,
};

static bool resolve(void *lib, const char *name, void *to)
{
	void *symbol = dlsym(lib, name);

	memcpy(to, &symbol, sizeof symbol);
	return symbol;
}

const struct cryptsetup *cryptsetup_get(const char **why)
{
	static struct cryptsetup table;
	static void *lib;
	bool ok = true;

	if (lib)
		return &table;
	lib = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		*why = "there is no " SONAME " here";
		return NULL;
	}
#define CRYPTSETUP_RESOLVE(name) ok = ok && resolve(lib, #name, &table.name);
	CRYPTSETUP_FUNCTIONS(CRYPTSETUP_RESOLVE)
	if (!ok) {
		*why = SONAME " is too old";
		(void)dlclose(lib);
		lib = NULL;
		return NULL;
	}
	return &table;
}
