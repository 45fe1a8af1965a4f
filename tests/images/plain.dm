device plain-minored LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MW2zkdbY6rOBcRdUAtle9lJGXtqltr6Hj rw
0 8192 linear 1:0 92160
device plain-multi LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MOC1zEiI8QOVoi0OWyd79BGBlz4qJM1ZP rw
0 16384 linear 1:0 43008
16384 16384 linear 1:1 18432
32768 16384 linear 1:2 2048
device plain-odd--name----x.y+z_1 LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MvhjhrDKuhKycgYa4f4qayxQFLoSJX0Xv rw
0 8192 linear 1:0 67584
device plain-readonly LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MeNy99Ejf3q25tHAKt6p807zA0FJKKR2h ro
0 8192 linear 1:0 75776
device plain-root LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MJF9f2YFqugwEarh7ID1pBsHWwa3NqxtF rw
0 40960 linear 1:0 2048
device plain-stripes LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MLdZ1fncDkQpGL71WNMZUCEXex4adD1eH rw
0 49152 striped 2 32 1:1 34816 1:2 18432
device plain-swap_1 LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5MJlolgU6Q7G2mABeYLUYROD8XccINid1W rw
0 16384 linear 1:1 2048
device plain-three LVM-EGi5ry2nbPYbWs13i7bDzClGYEAk1O5M26j2o6Ek54Mnh5JfIsdG4MIZ3B955VAP rw
0 24576 striped 3 128 1:0 59392 1:1 59392 1:2 43008
