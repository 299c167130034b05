DROP TRIGGER payloads_digest_matches ON indelible.payloads
--;
DROP TRIGGER payloads_no_delete ON indelible.payloads
--;
DROP TRIGGER payloads_no_truncate ON indelible.payloads
--;
DROP TRIGGER payloads_no_update ON indelible.payloads
--;
DROP TRIGGER rejections_no_delete ON indelible.rejections
--;
DROP TRIGGER rejections_no_truncate ON indelible.rejections
--;
DROP TRIGGER rejections_no_update ON indelible.rejections
--;
DROP INDEX indelible.rejections_at
--;
DROP INDEX indelible.rejections_command
--;
DROP FUNCTION indelible.payloads_no_update
--;
DROP FUNCTION indelible.payloads_no_delete
--;
DROP FUNCTION indelible.payloads_no_truncate
--;
DROP FUNCTION indelible.rejections_no_update
--;
DROP FUNCTION indelible.rejections_no_delete
--;
DROP FUNCTION indelible.rejections_no_truncate
--;
DROP FUNCTION indelible.payloads_digest_matches
--;
DROP TABLE indelible.rejections
--;
DROP TABLE indelible.payloads
--;
DROP DOMAIN indelible.raw_bytes
--;
DROP DOMAIN indelible.currency
--;
DROP DOMAIN indelible.amount_minor
