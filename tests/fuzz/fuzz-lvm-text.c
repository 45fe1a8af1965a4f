/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-lvm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = fuzz_string(data, size);

	fuzz_vg(text);
	return 0;
}
