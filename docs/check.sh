#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Pages and completion against what the programs themselves say in --help.
here=$(cd "$(dirname "$0")" && pwd)
tool=${1:-tests/cli/storage-activate}
image=$here/../initramfs/storage-activate-image
n=0 failed=0
export LC_ALL=C

result() # WHAT DIFFERENCE
{
	n=$((n + 1))
	[ -z "$2" ] && { echo "ok $n - $1"; return; }
	failed=1
	echo "not ok $n - $1"
	sed 's/^/# /' <<< "$2"
}

# "--name" and "--name=" of a help text; "--name[=X]" is both
options_of_help()
{
	sed -n 's/^  \(--.*\)/\1/p' | awk '{
		for (i = 1; i <= NF && $i ~ /^--/; i++) {
			o = $i
			if (o ~ /\[=/) { sub(/\[=.*/, "", o); print o; print o "=" }
			else { if (o ~ /=/) sub(/=.*/, "=", o); print o }
		}
	}' | sort -u
}

# every option that is set in bold in a page
options_of_page()
{
	sed 's/\\-/-/g' "$1" | grep -E '^\.(B|BI|BR|TQ)|^\\fB' | grep -o -- '--[a-z][a-z-]*' | sort -u
}

compopt() { :; }
. "$here/completion/storage-activate"

complete_words() # WORD...: the replies for the last one
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	case $1 in
	storage-activate) _storage_activate ;;
	storage-activate-image) _storage_activate_image ;;
	esac
	printf '%s\n' "${COMPREPLY[@]}"
}

same() # WHAT WANTED GOT
{
	result "$1" "$(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"))"
}

commands='root mount device stop status explain answer replay plot init'
listed=$("$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | tr '\n' ' ')
same "commands: tool and completion" "$(tr ' ' '\n' <<< "${listed% }" | sort)" \
	"$(complete_words storage-activate '' | sort)"
same "commands: tool and this test" "${listed% }" "$commands"

all=$'--help\n--version'
for command in $commands; do
	help=$("$tool" "$command" --help)
	same "completion: $command" "$(options_of_help <<< "$help")" \
		"$(complete_words storage-activate "$command" -- | sort)"
	all+=$'\n'$(options_of_help <<< "$help" | tr -d =)
	grep -q "^\.\(BR\|B\) $command\( \|$\)" "$here/storage-activate.8"
	result "page: $command" "$([ $? = 0 ] || echo missing)"
done
same "page: options" "$(sort -u <<< "$all")" "$(options_of_page "$here/storage-activate.8")"

help=$(sh "$image" --help)
wanted=$( (options_of_help <<< "$help"; grep -o -- '--fstab=\|--mdadm-conf=' <<< "$help"; echo --help) | sort -u)
same "completion: image" "$wanted" "$(complete_words storage-activate-image -- | sort)"
same "page: image" "$(tr -d = <<< "$wanted" | sort -u)" "$(options_of_page "$here/storage-activate-image.8")"

same "value behind =" $'kernel' "$(complete_words storage-activate root --source = k)"
same "value, = no word break" $'--source=kernel' "$(complete_words storage-activate root --source=k)"
same "value, nothing typed" $'udev\nkernel\nauto' "$(complete_words storage-activate stop --source =)"
same "value for the image" $'xz' "$(complete_words storage-activate-image --compress = x)"
same "no options of other commands" '' "$(complete_words storage-activate explain --f)"

for page in "$here"/*.8; do
	if command -v groff > /dev/null; then
		result "groff: ${page##*/}" "$(groff -man -ww -Tutf8 -z "$page" 2>&1)"
	else
		n=$((n + 1))
		echo "ok $n - groff: ${page##*/} # SKIP no groff"
	fi
done
# every number that the sources use has one paragraph
used=$( (cd "$here/.." && sed -n 's/^\t\(MSG\|CONFIG\)_[A-Z_]* = \([0-9]*\),.*/\2/p' \
	lib/core/plan.h lib/config/config.h tools/tools.h
	grep -o 'SACT-[0-9][0-9][0-9]' tools/init.c | cut -d- -f2) | sed 's/^0*//' | sort -un)
same "messages: numbers" "$(printf 'SACT-%03d\n' $used)" \
	"$(sed -n 's/^### \(SACT-[0-9]*\): .*/\1/p' "$here/messages.md" | sort)"

echo "1..$n"
exit $failed
