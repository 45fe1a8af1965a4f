/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = fuzz_string(data, size);
	struct cmdline cmdline = {0};
	struct config c;

	config_init(&c);
	cmdline_parse(text, size & 1, &cmdline, &c);
	cmdline_clear(&cmdline);
	fuzz_config_done(&c);
	return 0;
}
