device v--g----2.x+y_z-9.c LVM-LwDCKG23wDrWDdmScCL2t4Z2jfCOV36aGh9Znitl0PZdb1qLnxQ1CHs03G16ef0K rw
0 1792 linear 1:3 6912
device v--g----2.x+y_z-a--b LVM-LwDCKG23wDrWDdmScCL2t4Z2jfCOV36abWKQmJVEMWgCmftV5pQf6XlQhCzM14BU rw
0 768 linear 1:3 6144
device v--g----2.x+y_z-n_1---- LVM-LwDCKG23wDrWDdmScCL2t4Z2jfCOV36aDhhy3emEI0S90kAGh47fLWbFMw1tVnAZ rw
0 1280 linear 1:5 2048
