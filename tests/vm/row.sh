# SPDX-License-Identifier: GPL-2.0-or-later
#
# One row: setup, act, assert, stop.  What a row may call is here and in lib.sh.

RUN=/run/storage-activate
TOOL=/usr/sbin/storage-activate

# Every call that could sleep or arm a timer, and every program start.
TRACED=execve,clone,clone3,fork,vfork,timerfd_settime,nanosleep,clock_nanosleep,alarm,setitimer
TRACED=$TRACED,timer_settime,poll,ppoll,select,pselect6,epoll_wait,epoll_pwait,epoll_pwait2,semtimedop
TRACED=$TRACED,futex,rt_sigtimedwait,recvmmsg,io_getevents,mq_timedreceive,mq_timedsend

# row_main NAME: all of it; any failure ends the process.
row_main()
{
	local name=${1%+udev} base variant=

	base=${name%%@*}
	case $name in *@*) variant=${name#*@} ;; esac
	base=${base//-/_}
	OUT=/out/$1
	TAGS=" ${row_tags[$1]} "
	TRACE=()
	if [ "$ROW_TRACE" = 1 ] && [ "${TAGS/ notrace /}" = "$TAGS" ]; then
		TRACE=(strace -f -tt -q -e signal=none -e "trace=$TRACED" -o "$OUT/strace")
	fi
	CRYPTTAB=/tmp/crypttab FSTAB=/tmp/fstab CMDLINE=/tmp/cmdline MDADM_CONF=/tmp/mdadm.conf
	row_setup "$base" "$variant"
	section act
	: >/run/executed
	"${base}_act" "$variant"
	cp /run/executed "$OUT/executed"
	row_check_executed
	section assert
	"${base}_assert" "$variant"
	section stop
	row_stop
	! declare -F "${base}_after" >/dev/null || "${base}_after" "$variant"
}

section()
{
	local uptime

	read -r uptime _ </proc/uptime
	echo "== $1 at $uptime"
}

# Disks of an earlier variant are used again: it left them stopped.
row_setup()
{
	local done=/tmp/setup/$1

	if [ -e "$done" ]; then
		. "$done"
	else
		disks_out
		: >$CRYPTTAB
		: >$FSTAB
		: >$MDADM_CONF
		echo quiet >$CMDLINE
		rm -rf /tmp/setup
		mkdir -p /tmp/setup
		section setup
		"$1_setup" "$2"
		close_all || fail "setup left something: $(storage_left)"
		declare -p | grep -E '^declare -[-aA]+ [a-z0-9_]+_(uuid|text|table|node|sum)=' |
			sed 's/^declare -- /declare -g /; s/^declare -\([aA]\)/declare -g\1/' >"$done"
		disks_out
	fi
	[ "$ROW_SOURCE" = udev ] || bare_dev
	rm -rf $RUN /mnt/t /mnt/r
	mkdir -p /mnt/t /mnt/r
	[ -z "$(ls /dev/sd* 2>/dev/null)" ] || fail "disks are still there"
	[ "$(ls /dev/mapper)" = control ] || fail "/dev/mapper is not bare"
}

# ---- act ----

# start WORD...: the tool, in the background.
start()
{
	rm -f /tmp/status
	mkfifo /tmp/status
	exec 9<>/tmp/status
	echo "$TOOL $*"
	(
		"${TRACE[@]}" "$TOOL" "$@" --source="$ROW_SOURCE" --crypttab=$CRYPTTAB \
			--mdadm-conf=$MDADM_CONF --record="$OUT/journal" >"$OUT/stdout" 2>"$OUT/stderr" </dev/null 9>&-
		echo $? >&9
	) &
	[ ${#TRACE[@]} = 0 ] || follow &
}

# What status shows while the row runs, for the comparison with the timers, and since when it was shown.
follow()
{
	until_true 10 test -S $RUN/control || return
	"$TOOL" status --json --follow 2>"$OUT/follow.err" </dev/null 9>&- | {
		IFS= read -r line || exit
		cut -d ' ' -f 1 /proc/uptime >"$OUT/follow.since"
		printf '%s\n' "$line"
		exec cat
	} >"$OUT/follow"
}

# start_on_tty WORD...: the same with a terminal of its own; what it shows is in OUT/tty.
start_on_tty()
{
	rm -f /tmp/status /tmp/keyboard
	mkfifo /tmp/status /tmp/keyboard
	exec 9<>/tmp/status 8<>/tmp/keyboard
	printf '%q ' "${TRACE[@]}" "$TOOL" "$@" \
		--source="$ROW_SOURCE" --crypttab=$CRYPTTAB --mdadm-conf=$MDADM_CONF --record="$OUT/journal" >/tmp/command
	(
		script -q -e -f -c "$(cat /tmp/command)" "$OUT/tty" <&8 >/dev/null 2>&1 9>&-
		echo $? >&9
	) &
	follow &
	tty_seen=0
}

# type_in PROMPT TEXT: when the terminal shows the prompt anew.
type_in()
{
	until_true 20 tty_shows "$1" || fail "no prompt with $1 on the terminal"
	tty_seen=$(stat -c %s "$OUT/tty")
	printf '%s\r' "$2" >&8
}
tty_shows() { tail -c +$((tty_seen + 1)) "$OUT/tty" | grep -aqF -- "$1"; }

# finish "STATUS..." [SECONDS]: the tool ends by itself, with one of these exit statuses.
finish()
{
	local status

	read -r -t "${2-30}" -u 9 status || fail "storage-activate has not ended"
	exec 9>&-
	case " $1 " in *" $status "*) ;; *) fail "exit status $status instead of $1" ;; esac
}

# say TEXT: answers the question that stands or will stand.
say()
{
	until_true 20 sa_answer "$1" || fail "no question took the answer"
}
sa_answer() { printf '%s\n' "$1" | "$TOOL" answer; }

# key CHARACTERS: typed as they are, when the terminal shows the prompt.
key_in()
{
	until_true 20 tty_shows "$1" || fail "no prompt with $1 on the terminal"
	printf "$2" >&8
}

# asked N: so many questions stand now.
asked()
{
	[ "$("$TOOL" answer --list 2>/dev/null | grep -o '"id"' | wc -l)" = "$1" ]
}

# clock_of REASON: waits for a deadline with this reason in status; REPLY is its time.
clock_of()
{
	until_true 20 json_holds "any('$1' in d['reason'] for d in s['deadlines'])" || fail "no clock: $1"
	REPLY=$(/usr/bin/python3 -ISc 'import json, sys
print([d["until_usec"] for d in json.load(open(sys.argv[1]))["deadlines"] if sys.argv[2] in d["reason"]][0])' \
		"$OUT/status.json" "$1")
}

# now_usec: REPLY is the time of the deadlines.
now_usec()
{
	read -r REPLY _ </proc/uptime
	REPLY=${REPLY/./}0000
}

# wait_until USEC
wait_until()
{
	local until=$1

	now_usec
	[ "$until" -le "$REPLY" ] || sleep $(((until - REPLY) / 1000000)).$(printf %06d $(((until - REPLY) % 1000000)))
}

# shows TEXT: standard error of the tool has it by now or soon.
shows()
{
	until_true "${2-10}" grep -qF -- "$1" "$OUT/stderr" || fail "not on standard error: $1"
}

# The device of crypttab NAME: volume NAME UUID KEYFILE|none [OPTIONS]
volume() { echo "$1 UUID=$2 $3 luks${4+,$4}" >>$CRYPTTAB; }

# ---- assert ----

# What activation may not need: another program's idea of storage.
row_check_executed()
{
	local bad

	bad=$(grep -v ' by \((udev-worker)\|systemd-udevd\):' "$OUT/executed" |
		grep -v '^\(e2fsck\|fsck\.ext4\|fsck\) ') || return 0
	fail "executed during activation: $bad"
}

# same NODE NODE: two names of one device.
same()
{
	local a b

	a=$(stat -L -c %t:%T "$1") && b=$(stat -L -c %t:%T "$2") && [ "$a" = "$b" ] ||
		fail "$1 and $2 are not one device"
}

kernel_name()
{
	local link

	link=$(readlink "/sys/dev/block/$((0x$(stat -L -c %t "$1"))):$((0x$(stat -L -c %T "$1")))") || return
	echo "${link##*/}"
}

# mounted TARGET NODE TEXT: mounted from there, and the file made in setup says TEXT.
mounted()
{
	local source

	source=$(findmnt -n -o SOURCE --mountpoint "$1") || fail "$1 is not mounted"
	same "$source" "$2"
	[ "$(cat "$1/marker")" = "$3" ] || fail "$1/marker: $(cat "$1/marker")"
}

not_mounted() { ! findmnt -n --mountpoint "$1" >/dev/null || fail "$1 is mounted"; }

# linked LINK NODE
linked()
{
	[ -e "$1" ] || fail "no $1"
	same "$1" "$2"
}

# is_fs NODE UUID LABEL: blkid agrees, and the usual links exist.
is_fs()
{
	[ "$(blkid -p -o value -s UUID "$1")" = "$2" ] || fail "blkid: $1 is not $2"
	linked /dev/disk/by-uuid/"$2" "$1"
	linked /dev/disk/by-label/"$3" "$1"
}

# is_md NAME UUID MEMBER...: mdadm agrees; complete and clean.  REPLY is the node.
is_md()
{
	local name=$1 uuid=${2//-/} detail member

	shift 2
	[ -e "/dev/md/$name" ] || fail "no /dev/md/$name"
	REPLY=$(readlink -f "/dev/md/$name")
	[ -b "$REPLY" ] || fail "/dev/md/$name -> $REPLY is no device"
	detail=$(mdadm --detail "$REPLY" 2>&1) || fail "mdadm --detail: $detail"
	echo "$detail"
	[ "$(sed -n 's/.*UUID : //p' <<<"$detail" | tr -d :)" = "$uuid" ] || fail "UUID of $REPLY"
	grep -q 'State : \(clean\|active\) *$' <<<"$detail" || fail "state: $(grep 'State :' <<<"$detail")"
	for member; do
		grep -q "active sync .*/dev/$(kernel_name "$member")\$" <<<"$detail" ||
			fail "$member is not active in $REPLY"
		mdadm --examine "$member" | tr -d ' :' | grep -qi "^ArrayUUID$uuid" || fail "mdadm --examine $member"
	done
}

# is_luks NAME UUID NODE: cryptsetup agrees.
is_luks()
{
	local status

	status=$(cryptsetup status "$1") || fail "cryptsetup status $1: $status"
	echo "$status"
	grep -q 'type: *LUKS2' <<<"$status" || fail "type of $1"
	same "$(sed -n 's/^ *device: *//p' <<<"$status")" "$3"
	[ "$(dmsetup info -c --noheadings -o uuid "$1")" = "CRYPT-LUKS2-${2//-/}-$1" ] || fail "dm uuid of $1"
	[ -b "/dev/mapper/$1" ] || fail "no /dev/mapper/$1"
}

# keep_table NAME: as the tools have activated it in setup; REPLY has no device numbers.
keep_table() { REPLY=$(dmsetup table "$1" | sed 's/\<[0-9]\+:[0-9]\+\>/DEV/g'; dmsetup info -c --noheadings -o uuid "$1"); }

# is_lv VG LV TABLE: lvs agrees, links exist, dm has what vgchange would have made of it.
is_lv()
{
	local dm=${1//-/--}-${2//-/--} attr

	attr=$(lvs --noheadings -o lv_attr "$1/$2" 2>&1) || fail "lvs: $attr"
	case $attr in *'a-----'* | *'ao----'*) ;; *) fail "lvs: attributes of $1/$2: $attr" ;; esac
	linked "/dev/$1/$2" "/dev/mapper/$dm"
	keep_table "$dm"
	[ "$REPLY" = "$3" ] || fail "$dm: $REPLY instead of $3"
}

# sum NODE [SKIPPED-KiB]: REPLY is its checksum, from there on.
sum()
{
	blockdev --flushbufs "$1"
	REPLY=$(dd if="$1" bs=1k skip="${2-0}" iflag=fullblock status=none | sha256sum)
}

# says NUMBER [TEXT]: that message was printed, with this in it.
says() { grep "SACT-$1" "$OUT/stderr" | grep -qF -- "${2-}" || fail "no SACT-$1 with ${2-}: $(grep SACT "$OUT/stderr")"; }

# numbered NODE: a numbered message names it.
numbered()
{
	grep -E 'SACT-[0-9]{3}' "$OUT/stderr" | grep -qF -- "$1" ||
		fail "no numbered message names $1: $(grep SACT- "$OUT/stderr")"
}

# json EXPRESSION: a Python expression about s, the status as it is now, holds.
json_holds()
{
	"$TOOL" status --json >"$OUT/status.json" 2>"$OUT/status.err" &&
		/usr/bin/python3 -ISc 'import json, sys
s = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$OUT/status.json" "$1"
}
json() { json_holds "$1" || fail "status: $1"; }

# ---- stop ----

row_stop()
{
	local i

	"$TOOL" stop --all >"$OUT/stop" 2>&1 || fail "stop --all: status $?: $(cat "$OUT/stop")"
	for i in $(jobs -p); do
		until_true 5 test ! -d "/proc/$i" || kill "$i"
	done
	wait
}

row_kill()
{
	ls -l /proc/[0-9]*/exe 2>/dev/null | awk '/storage-activate|\/memcheck-/ { print $(NF - 2) }' | tr -dc '0-9\n' | while read -r pid; do kill -9 "$pid"; done
}

# row_diagnose OUT: what a person wants to see first.
row_diagnose()
{
	tail -n 4 "$1/log"
	[ ! -s "$1/stderr" ] || { echo "stderr:" && tail -n 12 "$1/stderr"; }
	[ ! -s "$1/journal" ] || { echo "journal:" && tail -n 8 "$1/journal" | cut -c1-300; }
}
