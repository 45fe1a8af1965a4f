device plain-minored LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwayGmaxsbcv411YOxigfbpT7auQuSG1ea4 rw
0 8192 linear 1:0 92160
device plain-multi LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwallcW6p1tEI2kXOLnGIT8v2nZUeAaCsyx rw
0 16384 linear 1:0 43008
16384 16384 linear 1:1 18432
32768 16384 linear 1:2 2048
device plain-odd--name----x.y+z_1 LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwaHmBVb6zfLXuD3za5dAeRT4RZXA3i2Roi rw
0 8192 linear 1:0 67584
device plain-readonly LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwaMNFvXCHGp6IVVyEwNNlabWxv5N691fnj ro
0 8192 linear 1:0 75776
device plain-root LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwauoHh2AmQtkd6FZNgJf2N3PtJoQjholsa rw
0 40960 linear 1:0 2048
device plain-stripes LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwaG8e9J6duPnINhzxkGuB03jrGgc6f092r rw
0 49152 striped 2 32 1:1 34816 1:2 18432
device plain-swap_1 LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwaFNzp7X9zej4tnzpQOuzVXgVwSwEdLhkB rw
0 16384 linear 1:1 2048
device plain-three LVM-YX0BDKAPNbagD6R8piKS4p8QpT7FKDwa7wsEJzUfemecbvXlbl8IVsQzvtexhOnO rw
0 24576 striped 3 128 1:0 59392 1:1 59392 1:2 43008
