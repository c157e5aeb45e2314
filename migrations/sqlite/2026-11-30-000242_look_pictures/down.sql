DROP TABLE look_pictures;
