/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First byte: the place (0-3) and 0x80, make the checksum right.  The rest: what is read there. */
#include "fuzz.h"

#include "format/format.h"

#define DEVICE_SIZE (UINT64_C(16) << 20)

static void fix_checksum(uint8_t *p, size_t len)
{
	size_t at, n;
	uint64_t sum = 0;

	if (len < 256)
		return;
	at = fuzz_get_le32(p + 4) == 1 ? 216 : 152;
	n = fuzz_get_le32(p + 4) == 1 ? 256 + 2 * (size_t)fuzz_get_le32(p + 220) : 4096;
	if (n > len)
		return;
	fuzz_put_le32(p + at, 0);
	for (size_t i = 0; i + 4 <= n; i += 4)
		sum += fuzz_get_le32(p + i);
	if (n % 4)
		sum += p[n - 2] | (uint32_t)p[n - 1] << 8;
	fuzz_put_le32(p + at, (uint32_t)(sum + (sum >> 32)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t offsets[4];
	const char *why = NULL;
	struct md_sb *sb;
	uint8_t *copy;
	int r;

	if (size < 1 || md_sb_offsets(DEVICE_SIZE, offsets) != 4)
		return 0;
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	sb = g_new0(struct md_sb, 1);
	if (data[0] & 0x80)
		fix_checksum(copy, size - 1);
	r = md_sb_parse(copy, size - 1, offsets[data[0] & 3], DEVICE_SIZE, sb, &why);
	fuzz_check(r == 0 || r == -ENODATA || r == -EBADMSG || r == -EOVERFLOW);
	fuzz_check(r == 0 || why);
	if (r == 0) {
		fuzz_check(sb->raid_disks > 0 && sb->raid_disks <= 4096);
		fuzz_check(sb->n_roles <= G_N_ELEMENTS(sb->roles) && sb->roles[4095] >= 0xfffd);
		fuzz_check(strlen(sb->uuid) == 35 && strlen(sb->name) <= 32);
		fuzz_check(sb->role >= -3 && sb->role <= 0xff00);
		fuzz_check(sb->data_offset <= DEVICE_SIZE / 512);
	}
	g_free(sb);
	free(copy);
	return 0;
}
