/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = fuzz_string(data, size);
	struct config c;

	config_init(&c);
	crypttab_parse(text, "crypttab", &c);
	fuzz_config_done(&c);
	return 0;
}
