device types-cpool_cpool_cmeta LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awIrxWBF6OPgdhPw12y4g4nXnbQEfEIUTC-cmeta rw
0 16384 linear 1:4 75776
device types-cpool_cpool_cdata LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awsqZXlb2XLOD83qh66AJlavSkcLRVnx3g-cdata rw
0 16384 linear 1:4 92160
device types-cached_corig LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awJu6E9VLT8WgYCdbmtQoedgVEbGeW1LdO-real rw
0 24576 linear 1:4 43008
device types-cached LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awciqxPgHanY0PxjWu2gOvDFqCW3doOoHs rw
0 24576 cache @types-cpool_cpool_cmeta @types-cpool_cpool_cdata @types-cached_corig 128 2 metadata2 writethrough smq 0
device types-cvol_cvol LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awGBknVU3D8gvV07Lkxvz3NTkERDkdbXoq-cvol rw
0 24576 linear 1:5 59392
device types-cvol_cvol-cmeta LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awGBknVU3D8gvV07Lkxvz3NTkERDkdbXoq-cmeta rw
0 16384 linear @types-cvol_cvol 0
device types-cvol_cvol-cdata LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awGBknVU3D8gvV07Lkxvz3NTkERDkdbXoq-cdata rw
0 8192 linear @types-cvol_cvol 16384
device types-cached2_corig LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awfky4eMsIMWxe6r3UR2BG4gt9GVjZUTX5-real rw
0 24576 linear 1:5 34816
device types-cached2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awY7knfIT87V0a4WZ42RVbH6rdlO9M8VMw rw
0 24576 cache @types-cvol_cvol-cmeta @types-cvol_cvol-cdata @types-cached2_corig 128 2 metadata2 writethrough mq 0
device types-ext-real LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awvXulKoxuJgTkwrZJbL08eSB0xUuKHQIx-real ro
0 8192 linear 1:4 34816
device types-ext LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awvXulKoxuJgTkwrZJbL08eSB0xUuKHQIx ro
0 8192 linear @types-ext-real 0
device types-mirror_mlog LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awjAZejC9ZcPmkrnADepTQP6IqZNwPzir7 rw
0 8192 linear 1:5 18432
device types-mirror_mimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awsTsZtmLjRmaaXWd6AEy7FtlGGXQV2qe1 rw
0 16384 linear 1:2 92160
device types-mirror_mimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awlTEy8FKf7Gdz0NFb5MreC0ngan643nJh rw
0 16384 linear 1:3 34816
device types-mirror LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awfGyhMfaGKsO53C1P5dct0yobly1ftGQL rw
0 16384 mirror disk 2 @types-mirror_mlog 4096 2 @types-mirror_mimage_0 0 @types-mirror_mimage_1 0 1 handle_errors
device types-mirrorc_mimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awIf0PgWwyU16yLh5OKeEatKNzaYpRLeRd rw
0 16384 linear 1:2 108544
device types-mirrorc_mimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awj02xgHyNJRdtl86wKEANTwSvET0jknLA rw
0 16384 linear 1:3 51200
device types-mirrorc LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awCrlyFHYPrrIMUXMs30RjMzpvyccydK21 rw
0 16384 mirror core 1 4096 2 @types-mirrorc_mimage_0 0 @types-mirrorc_mimage_1 0 1 handle_errors
device types-origin-real LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awXDx0iRwNq1B2gRe23pkxv2rsCyTctW34-real rw
0 16384 linear 1:3 67584
device types-origin LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awXDx0iRwNq1B2gRe23pkxv2rsCyTctW34 rw
0 16384 snapshot-origin @types-origin-real
device types-pool_tmeta LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awUNIQbtwgt3t6dJPrTNK3Bo5HFwCGW7bk-tmeta rw
0 8192 linear 1:5 26624
device types-pool_tdata LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awtCV0dYvGL4IV66QTRho3y7qppXUL2Nki-tdata rw
0 16384 linear 1:3 108544
device types-pool-tpool LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awaPkAumCeGe1JEISHK8f4oC078nlIW9W6-tpool rw
0 16384 thin-pool @types-pool_tmeta @types-pool_tdata 128 0 0
device types-pool LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awaPkAumCeGe1JEISHK8f4oC078nlIW9W6-pool ro
0 16384 linear @types-pool-tpool 0
device types-raid0_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awb5hZvUpQvkQp06q9zFYRxiudDyixbcBL rw
0 8192 linear 1:0 2048
device types-raid0_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awJcM6bepNZ99sZSqszLRXuBfk71l2MjlD rw
0 8192 linear 1:1 2048
device types-raid0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awOVRQaQHoywOKwhChb3Ox1hEr0xJGUQxg rw
0 16384 raid raid0 1 128 2 - @types-raid0_rimage_0 - @types-raid0_rimage_1
device types-raid0m_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awqxJsSUzdLDm3pmO4scw6DEmkgcaNmFWU rw
0 8192 linear 1:0 10240
device types-raid0m_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw1b1tY7AiXjkswaoXZJdPpC08R6wF9tBM rw
0 8192 linear 1:0 18432
device types-raid0m_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw5jqfBRq9bqxis0JBuoWAJJG4ncB87OWS rw
0 8192 linear 1:1 10240
device types-raid0m_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awcbApl2JUpJLuPQcxq1i9SrkpPA4u37SM rw
0 8192 linear 1:1 18432
device types-raid0m LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awiEIuhqIEA6OZSnEXxaLkt1O2iEhWwJ9x rw
0 16384 raid raid0 1 128 2 @types-raid0m_rmeta_0 @types-raid0m_rimage_0 @types-raid0m_rmeta_1 @types-raid0m_rimage_1
device types-raid1_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw7Rb4u3O38YaF73pvhWd7fd1yfBDnzxhT rw
0 8192 linear 1:0 26624
device types-raid1_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awovIiKAVKxOYWwUNESUojA6Ksi39XPbtF rw
0 16384 linear 1:0 34816
device types-raid1_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awFfKnbrFi0890pKWJRWOHCR4yXc47a1Vy rw
0 8192 linear 1:1 26624
device types-raid1_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awRP32TiajjkAKv1dBfqIzuphH3bXcJLOG rw
0 16384 linear 1:1 34816
device types-raid1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awsos9cAiAVxqfoqvxBliI5Ug4xCMgNfTS rw
0 16384 raid raid1 3 0 region_size 4096 2 @types-raid1_rmeta_0 @types-raid1_rimage_0 @types-raid1_rmeta_1 @types-raid1_rimage_1
device types-raid10_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw42PGMu0LMy13XA2OX1ld0OlVPUyXgSYX rw
0 8192 linear 1:2 75776
device types-raid10_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awVGds3iw9hCrgATpiRLArKxeqlwmQJJaY rw
0 8192 linear 1:2 83968
device types-raid10_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw05hcRFewLPoFrwKe8D88ygorq0aUGmyi rw
0 8192 linear 1:3 18432
device types-raid10_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awf8pO3j4GcoEDetPZjrAPkjzMQC5fFJ5o rw
0 8192 linear 1:3 26624
device types-raid10_rmeta_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awBP9nQs47ukhQYvolVGYJ87g30OQNRwRK rw
0 8192 linear 1:4 18432
device types-raid10_rimage_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awe8H1s3akfrsym6mbgHheyGTesSefW3IH rw
0 8192 linear 1:4 26624
device types-raid10_rmeta_3 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awmboLjHxHF32plLEcAU1CakRAmIlBId1c rw
0 8192 linear 1:5 2048
device types-raid10_rimage_3 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw3fq8a9xxGfmzrcdeBVf2lAYBtDkbWbko rw
0 8192 linear 1:5 10240
device types-raid10 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw0xL31H5baDsoqEmmhuwRAo1IljrdlBER rw
0 16384 raid raid10 5 128 region_size 4096 raid10_copies 2 4 @types-raid10_rmeta_0 @types-raid10_rimage_0 @types-raid10_rmeta_1 @types-raid10_rimage_1 @types-raid10_rmeta_2 @types-raid10_rimage_2 @types-raid10_rmeta_3 @types-raid10_rimage_3
device types-raid1w_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awbn0tO7di1uZ4WZkrSzvFIxCwXAJdv0a3 rw
0 8192 linear 1:0 51200
device types-raid1w_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awU1vJifxBG1Fnp8UxwGuNjCQTc1uojOs9 rw
0 16384 linear 1:0 59392
device types-raid1w_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awzmrR1t4Du6JXndhlBrDIyH8wmCHY7jy4 rw
0 8192 linear 1:1 51200
device types-raid1w_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw5KVNiveALk2fRZzI0U1TR0sYJdMjJy6c rw
0 16384 linear 1:1 59392
device types-raid1w_rmeta_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awdkxLiO1SWZk1MBEdnhJnHz8iAXckk1jd rw
0 8192 linear 1:2 2048
device types-raid1w_rimage_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awqZm8IuwcBU8zHPo9n206obhv2hdpB53N rw
0 16384 linear 1:2 10240
device types-raid1w LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awViKYzE7ePW3lHrOAA1vhNUG671p1LKd0 rw
0 16384 raid raid1 7 0 max_recovery_rate 512 write_mostly 1 region_size 4096 3 @types-raid1w_rmeta_0 @types-raid1w_rimage_0 @types-raid1w_rmeta_1 @types-raid1w_rimage_1 @types-raid1w_rmeta_2 @types-raid1w_rimage_2
device types-raid4_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw3wH7jhTjKEO3NbiSjmjQoEwg2JrvIYTe rw
0 8192 linear 1:0 75776
device types-raid4_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awDX7qfUYkrS43qeK12nLkOZOdElDZoT8R rw
0 8192 linear 1:0 83968
device types-raid4_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awGnJpvAqNtrcF3af1IsHj2PkUfiQJkRPw rw
0 8192 linear 1:1 75776
device types-raid4_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awRU2MatzxUcOEwgtjiZii3INupdfXuGWJ rw
0 8192 linear 1:1 83968
device types-raid4_rmeta_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awIZnbEns4cszNqtgQ1KL4LIMUYDbTRp12 rw
0 8192 linear 1:2 26624
device types-raid4_rimage_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awb0WJWtKhna7UwuyFwrUvnnOAGNJPcFdf rw
0 8192 linear 1:2 34816
device types-raid4 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awla3kDc2SxHbfS4fRRc03VGNCuM5GuFn3 rw
0 16384 raid raid4 3 128 region_size 4096 3 @types-raid4_rmeta_0 @types-raid4_rimage_0 @types-raid4_rmeta_1 @types-raid4_rimage_1 @types-raid4_rmeta_2 @types-raid4_rimage_2
device types-raid5_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aw4GPxtoCl4c6ZGwOfDjrQOYakneIfjK5O rw
0 8192 linear 1:0 92160
device types-raid5_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awsF0wpmN13XP0d2lmFypVsQzgvupPkEem rw
0 8192 linear 1:0 100352
device types-raid5_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awpItIkAqiAEEhI9fGzhleeWnayRdT2kHz rw
0 8192 linear 1:1 92160
device types-raid5_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awy2NlQtid5j4LktPfyPNASdekfXqcPwLx rw
0 8192 linear 1:1 100352
device types-raid5_rmeta_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awhNLdjaWx0JS7x13y8xwjRfKZERS1f6zN rw
0 8192 linear 1:2 43008
device types-raid5_rimage_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awM8sfT54DUqqILcMm53jXgtmi9Kzyvq3u rw
0 8192 linear 1:2 51200
device types-raid5 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awGhbzV3WPFgxoZ6LnqxvmBAajKtNZ9UXH rw
0 16384 raid raid5_ls 3 128 region_size 4096 3 @types-raid5_rmeta_0 @types-raid5_rimage_0 @types-raid5_rmeta_1 @types-raid5_rimage_1 @types-raid5_rmeta_2 @types-raid5_rimage_2
device types-raid6_rmeta_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awvDzNo6asRqwHrKadjcUFh5uClJ65ilv1 rw
0 8192 linear 1:0 108544
device types-raid6_rimage_0 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awh7xumMsHqB8x2kfP8J7LCBbdz1OCfQMM rw
0 8192 linear 1:0 116736
device types-raid6_rmeta_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awcCt5wyIX4qBjmgVJu14chIAa6PCo3aLX rw
0 8192 linear 1:1 108544
device types-raid6_rimage_1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awJNazdY3KpR58iaPlFwTrSSYRiuXtpLdc rw
0 8192 linear 1:1 116736
device types-raid6_rmeta_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awcjP8HrGtpOtfchEwNuIx3eMtk5EooEV9 rw
0 8192 linear 1:2 59392
device types-raid6_rimage_2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awVuPTM2eRstKvRMoxWPIIP58qKoXIlbyG rw
0 8192 linear 1:2 67584
device types-raid6_rmeta_3 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6aweGAbalg1jzhxuqQdpelM9LQq5Dyagvnv rw
0 8192 linear 1:3 2048
device types-raid6_rimage_3 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awI5aWcU1QtbgbkYOcbdF0E2J9bDquaPPK rw
0 8192 linear 1:3 10240
device types-raid6_rmeta_4 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awPcSKVQFfczFUr371vuNVVnZULMDLAmAm rw
0 8192 linear 1:4 2048
device types-raid6_rimage_4 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awJFSG8Iwb38ygnZSyUsZ1mqcbodJYhuEi rw
0 8192 linear 1:4 10240
device types-raid6 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awoY620HsMTXudBxHcz022e0Pk3jwkRMqM rw
0 24576 raid raid6_zr 3 128 region_size 4096 5 @types-raid6_rmeta_0 @types-raid6_rimage_0 @types-raid6_rmeta_1 @types-raid6_rimage_1 @types-raid6_rmeta_2 @types-raid6_rimage_2 @types-raid6_rmeta_3 @types-raid6_rimage_3 @types-raid6_rmeta_4 @types-raid6_rimage_4
device types-snap1-cow LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awq9T4URJ7ReB2fUqHVLZgJ31G8CLUyffS-cow rw
0 8192 linear 1:3 83968
device types-snap1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awq9T4URJ7ReB2fUqHVLZgJ31G8CLUyffS rw
0 16384 snapshot @types-origin-real @types-snap1-cow P 8
device types-snap2-cow LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awhcuuzJSjlnWHynTynfQ9xAuoHFdgiprU-cow rw
0 8192 linear 1:3 92160
device types-snap2 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awhcuuzJSjlnWHynTynfQ9xAuoHFdgiprU rw
0 16384 snapshot @types-origin-real @types-snap2-cow P 32
device types-thin1 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awdU7KpMXaysKp2fAylDNx25Au6FSmU53W rw
0 32768 thin @types-pool-tpool 1
device types-thin3 LVM-jcttyHC5fcQ9U5j1ihuEJThmzNy3p6awPKwrIyVJgJq94NsKe1GBHYN8xMbaX9nd rw
0 8192 thin @types-pool-tpool 3 @types-ext-real
