/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The superblock of a write-intent bitmap (drivers/md/md-bitmap.h of the kernel: bitmap_super_s). */
#include "format/md.h"

#include "util/bytes.h"

#define BITMAP_MAGIC UINT32_C(0x6d746962)
#define BITMAP_CLUSTERED 5
#define WRITE_BEHIND_MAX 16383

/* The kernel starts no array with a bitmap that fails one of these. */
bool md_bitmap_sound(const void *buf, size_t len, const struct md_sb *sb)
{
	struct bytes b = {buf, len};
	uint32_t magic, version, chunk, sleep, behind, word[4];
	unsigned char raw[16];
	char uuid[36];

	if (!bytes_le32(&b, &magic) || !bytes_le32(&b, &version) || !bytes_copy(&b, raw, 16) ||
	    !bytes_skip(&b, 28) || /* events, events when it was cleared, size, state */
	    !bytes_le32(&b, &chunk) || !bytes_le32(&b, &sleep) || !bytes_le32(&b, &behind))
		return false;
	if (magic != BITMAP_MAGIC || version < 3)
		return false;
	if (version >= BITMAP_CLUSTERED)
		return true; /* of other rules, or newer than this: the kernel judges it */
	if (chunk < 512 || (chunk & (chunk - 1)) || !sleep || behind > WRITE_BEHIND_MAX)
		return false;
	md_uuid_format(raw, uuid);
	if (!sb->major) { /* words of the machine that wrote it */
		memcpy(word, raw, sizeof word);
		g_snprintf(uuid, sizeof uuid, "%08x:%08x:%08x:%08x", word[0], word[1], word[2], word[3]);
	}
	return g_str_equal(uuid, sb->uuid);
}
