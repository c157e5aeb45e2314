CREATE INDEX pages_public_by_date ON pages (published_at DESC, path) WHERE NOT private;
