/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First byte: 1, make the checksums right.  Then the first four sectors, and what is from 4096 on.
 */
#include "fuzz-lvm.h"

#define AREA_AT 4096

struct device {
	const uint8_t *bytes;
	size_t len;
};

static bool device_read(const struct device *d, uint64_t offset, uint64_t len, uint8_t *to)
{
	if (offset < AREA_AT || len > d->len - LVM_LABEL_BYTES)
		return false;
	offset -= AREA_AT - LVM_LABEL_BYTES;
	if (offset > d->len - len)
		return false;
	memcpy(to, d->bytes + offset, len);
	return true;
}

static void try_area(const struct device *d, const struct lvm_area *area, bool fix)
{
	g_autofree uint8_t *header = g_malloc(512);
	g_autofree char *text = NULL;
	struct lvm_text_location l;
	const char *why = NULL;
	int r;

	if (!device_read(d, area->offset, 512, header))
		return;
	if (fix)
		fuzz_put_le32(header, lvm_crc(LVM_CRC_INITIAL, header + 4, 508));
	r = lvm_mda_parse(header, 512, area, &l, &why);
	fuzz_check(r == 0 || why);
	if (r < 0)
		return;
	fuzz_check(l.size > 0 && l.wrap <= l.size && l.offset + l.wrap <= area->size);
	if (l.size > d->len)
		return;
	text = g_malloc0(l.size + 1);
	if (device_read(d, area->offset + l.offset, l.wrap, (uint8_t *)text) &&
	    device_read(d, area->offset + 512, l.size - l.wrap, (uint8_t *)text + l.wrap))
		fuzz_vg(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree uint8_t *copy = NULL;
	struct lvm_label l;
	const char *why = NULL;
	struct device d;
	bool fix;

	if (size < 1 + LVM_LABEL_BYTES)
		return 0;
	fix = data[0] & 1;
	copy = g_memdup2(data + 1, size - 1);
	d = (struct device){copy, size - 1};
	for (uint8_t *s = copy; fix && s < copy + LVM_LABEL_BYTES; s += 512)
		fuzz_put_le32(s + 16, lvm_crc(LVM_CRC_INITIAL, s + 20, 512 - 20));
	if (lvm_label_parse(copy, LVM_LABEL_BYTES, &l, &why) < 0) {
		fuzz_check(why);
		return 0;
	}
	fuzz_check(strlen(l.pv_uuid) == 38 && l.n_areas <= 2);
	for (unsigned i = 0; i < l.n_areas; i++)
		try_area(&d, &l.areas[i], fix);
	return 0;
}
