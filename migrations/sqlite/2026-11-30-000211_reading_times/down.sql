DROP TABLE reading_times;
