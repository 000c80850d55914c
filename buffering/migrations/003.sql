-- Storage format 3: what lies beside the log is checked for damage as payloads are.

ALTER TABLE state ADD COLUMN crc INTEGER;                  -- CRC-32 of key, zero byte, value; NULL: of a format before
