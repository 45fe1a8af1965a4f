/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "sys.h"

/* What a member of an assembly says of itself, beyond what libblkid tells; res has type and version. */
int member_md(int fd, uint64_t size, struct input *res);
int member_lvm(int fd, struct input *res);
int header_luks(int fd, struct input *res);
