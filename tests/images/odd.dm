device v--g----2.x+y_z-9.c LVM-ExolJBDcOwQ0r9DsSUSKVf40L7t8NirSoznt0KHPO0QNYprkJo2avuzEIliAjfBk rw
0 1792 linear 1:3 6912
device v--g----2.x+y_z-a--b LVM-ExolJBDcOwQ0r9DsSUSKVf40L7t8NirSrdDBNvSuqIskWz7uiHvZw1uydQGUqYjT rw
0 768 linear 1:3 6144
device v--g----2.x+y_z-n_1---- LVM-ExolJBDcOwQ0r9DsSUSKVf40L7t8NirSJood9cLj8pk3qA5J79jzSIa2ohbu5ZvF rw
0 1280 linear 1:5 2048
