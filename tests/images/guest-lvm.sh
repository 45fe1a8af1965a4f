# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: volume groups with every kind of LV, and what vgchange -ay makes of them.
set -u
here=$PWD
modprobe brd rd_nr=9 rd_size=65536
modprobe -a dm-mod dm-raid dm-mirror dm-snapshot dm-thin-pool dm-cache dm-cache-smq raid0 raid1 raid10 raid456 linear
cat >/etc/lvm/lvm.conf <<'CONF'
devices { use_devicesfile = 0 }
activation { monitoring = 0 udev_sync = 0 udev_rules = 0 }
backup { backup = 0 archive = 0 }
CONF
lvm() { command lvm "$@" 2>&1 | grep -Ev 'successfully|created|changed|WARNING|Logical volume|udev' ; }
ram() { local i; for i; do echo /dev/ram$i; done; }

# keep VG: what device-mapper holds, in the words of a transaction
keep()
{
	lvm vgchange -an "$1"
	lvm vgchange -ay "$1"
	dmsetup info -c --noheadings --separator ' ' -o major,minor,name,uuid,attr >/tmp/devices
	python3 "$here/tables.py" "$1" </tmp/devices >"/out/$1.dm"
	lvm vgchange -an "$1"
	vgcfgbackup -f "/out/$1.text" "$1" >/dev/null 2>&1
	chmod 644 "/out/$1.text"
	command lvm lvs -a --noheadings --separator '|' -o name,uuid,attr,size,active --units s "$1" >"/out/$1.lvs"
	command lvm vgs --noheadings --separator '|' -o name,uuid,seqno,extent_size,pv_count,lv_count,attr,systemid \
		--units s "$1" >"/out/$1.vgs"
	command lvm pvs --noheadings --separator '|' -o name,uuid,dev_size,pe_start,pe_count,mda_count --units s \
		-S "vg_name=$1" >"/out/$1.pvs"
}

# plain: what most machines have
lvm pvcreate -q $(ram 0 1 2)
lvm vgcreate -q plain $(ram 0 1 2)
lvm lvcreate -q -an -L 20M -n root plain
lvm lvcreate -q -an -L 8M -n swap_1 plain /dev/ram1
lvm lvcreate -q -an -L 8M -n multi plain /dev/ram0
lvm lvextend -q -L +8M plain/multi /dev/ram1
lvm lvextend -q -L +8M plain/multi /dev/ram2
lvm lvcreate -q -an -i 2 -I 16 -L 16M -n stripes plain /dev/ram1 /dev/ram2
lvm lvextend -q -L +8M plain/stripes /dev/ram1 /dev/ram2
lvm lvcreate -q -an -i 3 -I 64 -L 12M -n three plain
lvm lvcreate -q -an -L 4M -n odd-name--x.y+z_1 plain
lvm lvcreate -q -an -L 4M -n readonly plain
lvm lvchange -q -p r plain/readonly
lvm lvcreate -q -an -L 4M -n skipped plain
lvm lvchange -q -k y plain/skipped
lvm lvcreate -q -an -L 4M -n minored plain
lvm lvchange -q -y -M y --major 253 --minor 77 plain/minored
lvm lvchange -q --addtag 'a/tag=x&y' plain/root
keep plain
python3 "$here/cut.py" lvm /dev/ram0 >/out/plain-0.image
python3 "$here/cut.py" lvm /dev/ram2 >/out/plain-2.image

# odd: every hyphen doubled, small extents, data far in, two metadata areas, the label in sector 3
lvm pvcreate -q --labelsector 3 --dataalignment 3M --metadatacopies 2 --metadatasize 64k /dev/ram3
lvm pvcreate -q --metadatasize 64k --dataalignment 64k /dev/ram4
lvm pvcreate -q --metadatacopies 0 /dev/ram5
lvm vgcreate -q -s 128k v-g--2.x+y_z $(ram 3 4 5)
lvm lvcreate -q -an -l 3 -n a-b v-g--2.x+y_z
lvm lvcreate -q -an -l 7 -n 9.c v-g--2.x+y_z
lvm lvcreate -q -an -l 5 -n n_1-- v-g--2.x+y_z /dev/ram5
for i in $(seq 1 90); do		# until the text wraps around the end of its area
	lvm vgchange -q --addtag tag$i v-g--2.x+y_z
	python3 "$here/cut.py" lvm /dev/ram4 >/tmp/i
	if ! grep -aqx '@4096 512' /tmp/i && [ "$(grep -ac '^@' /tmp/i)" = 3 ]; then break; fi
done
keep v-g--2.x+y_z
for f in /out/v-g*; do mv "$f" "/out/odd.${f##*.}"; done
python3 "$here/cut.py" lvm /dev/ram3 >/out/odd-3.image
python3 "$here/cut.py" lvm /dev/ram4 >/out/odd-4.image
python3 "$here/cut.py" lvm /dev/ram5 >/out/odd-5.image

# types: every kind of segment
vgremove -ff -y plain v-g--2.x+y_z >/dev/null 2>&1
pvremove -ff -y $(ram 0 1 2 3 4 5) >/dev/null 2>&1
lvm pvcreate -q $(ram 0 1 2 3 4 5)
lvm vgcreate -q types $(ram 0 1 2 3 4 5)
T="lvm lvcreate -q -y -Wn" S="lvm lvcreate -q -y"
$T -n raid0 --type raid0 -i 2 -L 8M types
$T -n raid0m --type raid0_meta -i 2 -L 8M types
$T -n raid1 --type raid1 -m 1 -L 8M types
$T -n raid1w --type raid1 -m 2 -L 8M types
lvm lvchange -q --writemostly /dev/ram1:y --maxrecoveryrate 512 types/raid1w
$T -n raid4 --type raid4 -i 2 -L 8M types
$T -n raid5 --type raid5 -i 2 -L 8M types
$T -n raid6 --type raid6 -i 3 -L 12M types
$T -n raid10 --type raid10 -i 2 -m 1 -L 8M types
$T -n mirror --type mirror -m 1 -L 8M types
$T -n mirrorc --type mirror -m 1 --mirrorlog core -L 8M types
$T -n origin -L 8M types
$S -n snap1 -s -L 4M types/origin
$S -n snap2 -s -c 16k -L 4M types/origin
$S -n pool --type thin-pool -L 8M types
$S -n thin1 --thin -V 16M types/pool
$S -n thin2 -s types/thin1
$T -n ext -an -L 4M types
lvm lvchange -q -p r types/ext
$S -n thin3 -s --thinpool types/pool types/ext
lvm lvchange -q -ky types/thin2
$T -n cached -L 12M types
$S -n cpool --type cache-pool -L 8M types
lvm lvconvert -q -y --type cache --cachepool types/cpool types/cached
$T -n cached2 -L 12M types
$T -n cvol -L 12M types
lvm lvconvert -q -y --type cache --cachevol cvol types/cached2
keep types

# degraded: the same without one PV; only what is redundant comes up
sed -i '/use_devicesfile/s/}/filter = [ "r|\/dev\/ram1$|" ] }/' /etc/lvm/lvm.conf
lvm vgchange -ay --activationmode degraded types
dmsetup info -c --noheadings --separator ' ' -o major,minor,name,uuid,attr >/tmp/devices
python3 "$here/tables.py" types </tmp/devices >/out/degraded.dm
lvm vgchange -an types
exit 0
