device types-cpool_cpool_cmeta LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1Exr9Nnd6IlXke1GRCg5aW7ZAsh9a2iOt-cmeta rw
0 16384 linear 1:4 75776
device types-cpool_cpool_cdata LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ10ueROJ2b4ouFRTagj8dFxpAddOZ28j3b-cdata rw
0 16384 linear 1:4 92160
device types-cached_corig LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12ZnieIlcK0ZbBrBIFotnj7QBQ8GeqNvR-real rw
0 24576 linear 1:4 43008
device types-cached LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1QpD8976ULVMpyfQ0yAS5VkQ04MLBodap rw
0 24576 cache @types-cpool_cpool_cmeta @types-cpool_cpool_cdata @types-cached_corig 128 2 metadata2 writethrough smq 0
device types-cvol_cvol LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1KXKrHoZWtCFhInPEkhFAdcF9nv0EfPBb-cvol rw
0 24576 linear 1:5 59392
device types-cvol_cvol-cmeta LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1KXKrHoZWtCFhInPEkhFAdcF9nv0EfPBb-cmeta rw
0 16384 linear @types-cvol_cvol 0
device types-cvol_cvol-cdata LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1KXKrHoZWtCFhInPEkhFAdcF9nv0EfPBb-cdata rw
0 8192 linear @types-cvol_cvol 16384
device types-cached2_corig LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ15lullYOmvb5ltFfuYz3RegV42xZbWncJ-real rw
0 24576 linear 1:5 34816
device types-cached2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1XUc97AOTf4UF4OyfzdQDNeU0dBuVbvRp rw
0 24576 cache @types-cvol_cvol-cmeta @types-cvol_cvol-cdata @types-cached2_corig 128 2 metadata2 writethrough mq 0
device types-ext-real LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1bqjf0cRIFlWRSsiv97mqF3slpfzKVtU3-real ro
0 8192 linear 1:4 34816
device types-ext LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1bqjf0cRIFlWRSsiv97mqF3slpfzKVtU3 ro
0 8192 linear @types-ext-real 0
device types-mirror_mlog LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1DEzM5lALW23TFLpN4Fy8pe4VCi5B9MXl rw
0 8192 linear 1:5 18432
device types-mirror_mimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1euAzlhDs8f1389jf8cCp76O9W3W8M4tS rw
0 16384 linear 1:2 92160
device types-mirror_mimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1nhR8YsUgxWNiTTWaDeeEdjYdW0O6aTbU rw
0 16384 linear 1:3 34816
device types-mirror LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1ERjY7IZFKHvDnJfciG8XHXHiSbYa6s1O rw
0 16384 mirror disk 2 @types-mirror_mlog 4096 2 @types-mirror_mimage_0 0 @types-mirror_mimage_1 0 1 handle_errors
device types-mirrorc_mimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1rX3rAdm348eUcoYH1MQmWG8sWfKfdM4f rw
0 16384 linear 1:2 108544
device types-mirrorc_mimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12CK3Enyv1UmXgNb7RBSODg1o9UYi604Z rw
0 16384 linear 1:3 51200
device types-mirrorc LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1WW3DcS6TmKtrGzlyP2BSDkV9ATsBEBWr rw
0 16384 mirror core 1 4096 2 @types-mirrorc_mimage_0 0 @types-mirrorc_mimage_1 0 1 handle_errors
device types-origin-real LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ11Pc32f3SZd4BHgELcwtypZWuk9QYDiDX-real rw
0 16384 linear 1:3 67584
device types-origin LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ11Pc32f3SZd4BHgELcwtypZWuk9QYDiDX rw
0 16384 snapshot-origin @types-origin-real
device types-pool_tmeta LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1O2RTtXPHFn1x5rVjJxdg9I2ir4o8BmQU-tmeta rw
0 8192 linear 1:5 26624
device types-pool_tdata LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1XfZhpmhSnFxDHgal9NOhFrLC1g4IDEx2-tdata rw
0 16384 linear 1:3 108544
device types-pool-tpool LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12Am5IX5fB0I36HBUfy3QsrBGG7VSHjqz-tpool rw
0 16384 thin-pool @types-pool_tmeta @types-pool_tdata 128 0 0
device types-pool LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12Am5IX5fB0I36HBUfy3QsrBGG7VSHjqz-pool ro
0 16384 linear @types-pool-tpool 0
device types-raid0_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1jw7Fop6Cav92wHzE19bNAvSlj1GuODQc rw
0 8192 linear 1:0 2048
device types-raid0_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1KD2Ilbf3ysSF4p3YlUqyXqkkQFL2pzfu-missing_0_0 rw
0 8192 error
device types-raid0_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1KD2Ilbf3ysSF4p3YlUqyXqkkQFL2pzfu rw
0 8192 linear @types-raid0_rimage_1-missing_0_0 0
device types-raid0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1BdbJXLt0Bzkjp5pBGcEhYcS7WBpW6ZPD rw
0 16384 raid raid0 1 128 2 - @types-raid0_rimage_0 - @types-raid0_rimage_1
device types-raid0m_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1eXLkW9mSRxgJaoN62ttwvJBHdJey9mgl rw
0 8192 linear 1:0 10240
device types-raid0m_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1SJwPSB2aEoZmTF4bnseObP15Uhkkp9u8 rw
0 8192 linear 1:0 18432
device types-raid0m_rmeta_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1iGPjm4nHy32mjZS2cBtSVSl7HdurnCJC-missing_0_0 rw
0 8192 error
device types-raid0m_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1iGPjm4nHy32mjZS2cBtSVSl7HdurnCJC rw
0 8192 linear @types-raid0m_rmeta_1-missing_0_0 0
device types-raid0m_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1Cg5JQais4c3JJt3MJQE6rF8uHMC8o6Az-missing_0_0 rw
0 8192 error
device types-raid0m_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1Cg5JQais4c3JJt3MJQE6rF8uHMC8o6Az rw
0 8192 linear @types-raid0m_rimage_1-missing_0_0 0
device types-raid0m LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1nygTFjtH9pyJlqczvxgLLr21RaSvFWvf rw
0 16384 raid raid0 1 128 2 @types-raid0m_rmeta_0 @types-raid0m_rimage_0 @types-raid0m_rmeta_1 @types-raid0m_rimage_1
device types-raid1_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1mS3uYFtavmKfSLIGY7OTq7d0q1IDt6mN rw
0 8192 linear 1:0 26624
device types-raid1_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1aDoHxw04A9thIqlNxHo6CBvfS2o5oT9Y rw
0 16384 linear 1:0 34816
device types-raid1_rmeta_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1EqF2mg8L8lrq3PlIuieESUIDi1WG8r9N-missing_0_0 rw
0 8192 error
device types-raid1_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1EqF2mg8L8lrq3PlIuieESUIDi1WG8r9N rw
0 8192 linear @types-raid1_rmeta_1-missing_0_0 0
device types-raid1_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1vKhpv5AY7xIIivTBJt1Shod61okFRfZX-missing_0_0 rw
0 16384 error
device types-raid1_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1vKhpv5AY7xIIivTBJt1Shod61okFRfZX rw
0 16384 linear @types-raid1_rimage_1-missing_0_0 0
device types-raid1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1M4UeB7fEp31NNmmBO77EJs6ae6Az7ulv rw
0 16384 raid raid1 3 0 region_size 4096 2 @types-raid1_rmeta_0 @types-raid1_rimage_0 @types-raid1_rmeta_1 @types-raid1_rimage_1
device types-raid10_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12gi25RVwwH4jrhAZbzBLSbgxAQ6pUeQ4 rw
0 8192 linear 1:2 75776
device types-raid10_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1lvC7EyObcCwbqlIPZQ17qPrF2gS7HGDj rw
0 8192 linear 1:2 83968
device types-raid10_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1NRubps1hHbMoBl7vbKEiOnikMxe6jaKv rw
0 8192 linear 1:3 18432
device types-raid10_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1PcuiKdD9Zd05Sil1HTJpCRSFi5E5unnN rw
0 8192 linear 1:3 26624
device types-raid10_rmeta_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1OuLB2LfUi3KKCISW6j1JOCOOerQ4WwPy rw
0 8192 linear 1:4 18432
device types-raid10_rimage_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1ZLAXVLSgHGYfg5s3QEfQOeuTs6fQLdra rw
0 8192 linear 1:4 26624
device types-raid10_rmeta_3 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1VzT3M2a5KMN0hJppViD29DdJbRdWulcI rw
0 8192 linear 1:5 2048
device types-raid10_rimage_3 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1iMUaecsASel3nJAbdFdlbVSF1km5MNnK rw
0 8192 linear 1:5 10240
device types-raid10 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ133hWRGMtqIEwSSCIVPvRwicU4RhY1K3D rw
0 16384 raid raid10 5 128 region_size 4096 raid10_copies 2 4 @types-raid10_rmeta_0 @types-raid10_rimage_0 @types-raid10_rmeta_1 @types-raid10_rimage_1 @types-raid10_rmeta_2 @types-raid10_rimage_2 @types-raid10_rmeta_3 @types-raid10_rimage_3
device types-raid1w_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ19uvpb9qw1P2EPlBBoZjVVBYXxFtmBsAw rw
0 8192 linear 1:0 51200
device types-raid1w_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1edUM0YSmQjMj0XPJt1T7AKeWsZcYqVVr rw
0 16384 linear 1:0 59392
device types-raid1w_rmeta_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1TgmWxlxkb1SB4Q9nspKZked9I65XtLbE-missing_0_0 rw
0 8192 error
device types-raid1w_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1TgmWxlxkb1SB4Q9nspKZked9I65XtLbE rw
0 8192 linear @types-raid1w_rmeta_1-missing_0_0 0
device types-raid1w_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ102P9KNc1MoEl3IgtTkk27kdJXsT8y2PL-missing_0_0 rw
0 16384 error
device types-raid1w_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ102P9KNc1MoEl3IgtTkk27kdJXsT8y2PL rw
0 16384 linear @types-raid1w_rimage_1-missing_0_0 0
device types-raid1w_rmeta_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1JxVssjOD0XhKQJgvWVJ0x2HsJU5hbYNE rw
0 8192 linear 1:2 2048
device types-raid1w_rimage_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12cQf4Elo1YNyNzRDaMrxU9EkZoGIK9HR rw
0 16384 linear 1:2 10240
device types-raid1w LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1pAALy3LeVuoKKG1Lrf28AP0T26MbsJ3d rw
0 16384 raid raid1 7 0 max_recovery_rate 512 write_mostly -1 region_size 4096 3 @types-raid1w_rmeta_0 @types-raid1w_rimage_0 @types-raid1w_rmeta_1 @types-raid1w_rimage_1 @types-raid1w_rmeta_2 @types-raid1w_rimage_2
device types-raid4_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1KFB98mNPoaupOE4fNOTgf1VEmfhF2Zsa rw
0 8192 linear 1:0 75776
device types-raid4_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1u1wgPI53ViaE51q0G035NgOhK8M9e85L rw
0 8192 linear 1:0 83968
device types-raid4_rmeta_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1DOZPlaY1bNGCa0ab45JionxFjdfxDk00-missing_0_0 rw
0 8192 error
device types-raid4_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1DOZPlaY1bNGCa0ab45JionxFjdfxDk00 rw
0 8192 linear @types-raid4_rmeta_1-missing_0_0 0
device types-raid4_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1EF9Ybz2V7956kIJL25H0Hd4NfEl7oeG9-missing_0_0 rw
0 8192 error
device types-raid4_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1EF9Ybz2V7956kIJL25H0Hd4NfEl7oeG9 rw
0 8192 linear @types-raid4_rimage_1-missing_0_0 0
device types-raid4_rmeta_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ152fePQYqzDx3PWUwbHc2VAOZwgFOQCDE rw
0 8192 linear 1:2 26624
device types-raid4_rimage_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1DPtmWCUGuk3Niuy1y7NWY0jFZ4objmR6 rw
0 8192 linear 1:2 34816
device types-raid4 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1dwvnOh05C741AZKPX9PLn51NAhKpDQ0J rw
0 16384 raid raid4 3 128 region_size 4096 3 @types-raid4_rmeta_0 @types-raid4_rimage_0 @types-raid4_rmeta_1 @types-raid4_rimage_1 @types-raid4_rmeta_2 @types-raid4_rimage_2
device types-raid5_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ172fmtogzHu73X4OQVCKGE86WzGJp7QJl rw
0 8192 linear 1:0 92160
device types-raid5_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1TJX3wnlFXXARpmSpURt2eNUG0LUcP60Q rw
0 8192 linear 1:0 100352
device types-raid5_rmeta_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1HAcvezRP2fen2By13kznQGMf8CFEHfJs-missing_0_0 rw
0 8192 error
device types-raid5_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1HAcvezRP2fen2By13kznQGMf8CFEHfJs rw
0 8192 linear @types-raid5_rmeta_1-missing_0_0 0
device types-raid5_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1hnm2kyiF81PaxCvSXEeBFJ9Juw5F5HbN-missing_0_0 rw
0 8192 error
device types-raid5_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1hnm2kyiF81PaxCvSXEeBFJ9Juw5F5HbN rw
0 8192 linear @types-raid5_rimage_1-missing_0_0 0
device types-raid5_rmeta_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1PIgyKpvEDRBdmTsTc1kh2HdG71ruPfAW rw
0 8192 linear 1:2 43008
device types-raid5_rimage_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1utNewv4vwvLljAQOKhC6YcxE80ivHCZP rw
0 8192 linear 1:2 51200
device types-raid5 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1jOvI0XcOg2yHF2BAFbVu2jXkLfGPaGMZ rw
0 16384 raid raid5_ls 3 128 region_size 4096 3 @types-raid5_rmeta_0 @types-raid5_rimage_0 @types-raid5_rmeta_1 @types-raid5_rimage_1 @types-raid5_rmeta_2 @types-raid5_rimage_2
device types-raid6_rmeta_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1j5D1xfARqeLf38kofOZvoHCrgwZtV0uY rw
0 8192 linear 1:0 108544
device types-raid6_rimage_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1ZXSD7Ufr8iLJVHLwD3S6F2CxTuTnRk07 rw
0 8192 linear 1:0 116736
device types-raid6_rmeta_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1w8uOza7SrfxP1FeGIAVDEsWRVQ1a6AiT-missing_0_0 rw
0 8192 error
device types-raid6_rmeta_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1w8uOza7SrfxP1FeGIAVDEsWRVQ1a6AiT rw
0 8192 linear @types-raid6_rmeta_1-missing_0_0 0
device types-raid6_rimage_1-missing_0_0 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1z959C9JVlvLkdxZitmlGVjDH27rhp9v0-missing_0_0 rw
0 8192 error
device types-raid6_rimage_1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1z959C9JVlvLkdxZitmlGVjDH27rhp9v0 rw
0 8192 linear @types-raid6_rimage_1-missing_0_0 0
device types-raid6_rmeta_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12N9FZhzMran0851A1TvG682poTUEtPS2 rw
0 8192 linear 1:2 59392
device types-raid6_rimage_2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1qhL4RZOrxMv98Hhw29zhz61Yaic15u4w rw
0 8192 linear 1:2 67584
device types-raid6_rmeta_3 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1hxgs21j3vJ8xtQVjxVzxG9pBD1lCWc0j rw
0 8192 linear 1:3 2048
device types-raid6_rimage_3 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ12VK7He7UjbSrMHXqwPR3hZXcdQCHIPbs rw
0 8192 linear 1:3 10240
device types-raid6_rmeta_4 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1OnJrnrBDIq7rsNjOm3UCC8sPZifRHVXU rw
0 8192 linear 1:4 2048
device types-raid6_rimage_4 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1iP34igklXLponnndnACgctLtBPrdGh3i rw
0 8192 linear 1:4 10240
device types-raid6 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1zeAqGjNwLqp18WMynKC9Oe6gGBuGMpZJ rw
0 24576 raid raid6_zr 3 128 region_size 4096 5 @types-raid6_rmeta_0 @types-raid6_rimage_0 @types-raid6_rmeta_1 @types-raid6_rimage_1 @types-raid6_rmeta_2 @types-raid6_rimage_2 @types-raid6_rmeta_3 @types-raid6_rimage_3 @types-raid6_rmeta_4 @types-raid6_rimage_4
device types-snap1-cow LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1fzKvvooY6npNt2KKwcmNTOValBg837ut-cow rw
0 8192 linear 1:3 83968
device types-snap1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1fzKvvooY6npNt2KKwcmNTOValBg837ut rw
0 16384 snapshot @types-origin-real @types-snap1-cow P 8
device types-snap2-cow LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1oFgcX4ZL9jUCgbz5vJmmFJAZ8YMhmUsJ-cow rw
0 8192 linear 1:3 92160
device types-snap2 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1oFgcX4ZL9jUCgbz5vJmmFJAZ8YMhmUsJ rw
0 16384 snapshot @types-origin-real @types-snap2-cow P 32
device types-thin1 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ13YfAclhXQFiEN2bSBRDroUeVPkNC8wQH rw
0 32768 thin @types-pool-tpool 1
device types-thin3 LVM-svz9AI56NWjdyiaxHBXsuGWxEzkSDjJ1oqPd7kwkhBajxfrbmgU627uOLNf1NluX rw
0 8192 thin @types-pool-tpool 3 @types-ext-real
