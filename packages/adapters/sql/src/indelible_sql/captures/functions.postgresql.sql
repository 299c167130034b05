CREATE FUNCTION indelible.ingest_with_signal(request jsonb, vector real[]) RETURNS indelible.signals
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  version indelible.algorithms;
  signal indelible.signals;
BEGIN
  SELECT * INTO version FROM indelible.algorithms WHERE status = 'ACTIVE';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;

  -- Each algorithm version has a function of its own, named by its checksum.
  EXECUTE 'SELECT * FROM indelible.capture_' || left(version.checksum, 32) || '($1, $2)'
    INTO signal
    USING request || jsonb_build_object('algorithm_id', version.id), vector;
  RETURN signal;
END $$
--;
CREATE FUNCTION indelible.{name}(request jsonb, vector real[]) RETURNS indelible.signals
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  -- The request, the signal that is made of it, the artifact and the centroid before it.
  r record;
  s indelible.signals;
  page indelible.artifacts;
  old indelible.centroids;
  is_locked boolean;
  is_due boolean;
  moves boolean;
  named text;
  ids text[];
  distances double precision[];
  at timestamptz;
  f_stamp text;
  -- What the formulas take and give.
  f_centroid real[];
  f_moved real[];
  f_logged bigint;
  f_rate double precision;
  f_applied double precision;
  f_depth double precision;
  f_confidence double precision;
BEGIN
  SELECT * INTO r FROM jsonb_to_record(request) AS fields(
    signal_id text, artifact_id text, capture_key text, fingerprint text, user_id text,
    space_id text, url text, normalized_url text, title text, content text, session_id text,
    named_subspace_id text, content_source text, engagement_level bigint,
    reading_depth double precision, scroll_depth double precision, dwell_time_ms bigint,
    word_count bigint, embedding_model text, captured_at timestamptz, now timestamptz,
    captured_text text, actor text, reason text, request_id text, algorithm_id text,
    threshold double precision, max_assign_distance double precision,
    history_distance double precision, history_updates bigint,
    depth_tolerance double precision, weight double precision
  );

  -- Lock the space, so that its captures follow one another.
  PERFORM 1
    FROM indelible.spaces
    WHERE id = r.space_id
      AND user_id = r.user_id
      AND status = 'ACTIVE'
      AND model = r.embedding_model
      AND dimension = cardinality($2)
    FOR NO KEY UPDATE;
  is_locked := FOUND;

  -- A capture key that was saved before returns its signal.
  SELECT * INTO s
    FROM indelible.signals
    WHERE user_id = r.user_id AND capture_key = r.capture_key;
  IF FOUND THEN
    RETURN s;
  END IF;
  IF NOT is_locked THEN
    RETURN NULL;
  END IF;

  -- Compare with the centroids: the named one first, else the nearest.
  SELECT id INTO named
    FROM indelible.subspaces
    WHERE id = r.named_subspace_id AND space_id = r.space_id AND status = 'ACTIVE';
  SELECT array_agg(nearest.id), array_agg(nearest.distance) INTO ids, distances
    FROM (
      SELECT positions.id, {distance} AS distance
      FROM (
        SELECT p.id, coalesce(c.vector, p.seed)::real[] AS f_position
        FROM indelible.subspaces p
        LEFT JOIN indelible.centroids c ON c.id = p.id
        WHERE p.space_id = r.space_id AND p.status = 'ACTIVE'
      ) AS positions
      WHERE positions.f_position IS NOT NULL
      ORDER BY named IS NOT NULL AND positions.id <> named, 2, positions.id
      LIMIT 2
    ) AS nearest;

  -- Decide where the capture belongs, and whether it moves the centroid.
  IF ids IS NULL OR ids[1] <> named THEN
    s.decision := 'NO_CENTROID';
    s.subspace_id := named;
    moves := named IS NOT NULL;
  ELSE
    s.subspace_id := ids[1];
    s.nearest_distance := distances[1];
    IF cardinality(ids) = 1 THEN
      s.decision := 'SINGLE';
      moves := distances[1] <= r.max_assign_distance;
    ELSE
      s.second_distance := distances[2];
      s.margin := {margin};
      moves := s.margin > 0 AND s.margin >= r.threshold;
      s.decision := CASE
        WHEN moves THEN 'UPDATED'
        WHEN s.margin < 0 THEN 'OVERRIDDEN'
        ELSE 'AMBIGUOUS'
      END;
    END IF;
  END IF;

  -- The times of an artifact and of a centroid never stand still.
  SELECT * INTO page
    FROM indelible.artifacts
    WHERE space_id = r.space_id AND normalized_url = r.normalized_url;
  IF moves THEN
    SELECT * INTO old FROM indelible.centroids WHERE id = s.subspace_id;
  END IF;
  at := greatest(
    r.now,
    page.updated_at + interval '1 microsecond',
    old.updated_at + interval '1 microsecond'
  );

  -- Move the centroid, and log it where it is due.
  IF moves THEN
    SELECT coalesce(old.vector, seed, $2)::real[] INTO f_centroid
      FROM indelible.subspaces
      WHERE id = s.subspace_id;
    f_applied := coalesce(old.seq, 0);
    f_rate := {rate};
    f_moved := {centroid};
    s.applied_seq := coalesce(old.seq, 0) + 1;
    s.drift := {drift};

    f_centroid := coalesce(old.logged_vector::real[], f_centroid);
    f_logged := coalesce(old.logged_seq, 0);
    s.logged_drift := {logged_drift};
    is_due := s.logged_drift >= r.history_distance
      OR s.applied_seq - f_logged >= r.history_updates;

    f_applied := s.applied_seq;
    f_confidence := {confidence};
    IF NOT s.drift BETWEEN {min_distance} AND {max_distance}
      OR NOT s.logged_drift BETWEEN {min_distance} AND {max_distance}
      OR NOT f_confidence BETWEEN 0 AND 1
    THEN
      RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
    END IF;

    IF is_due THEN
      f_centroid := f_moved;
      f_logged := s.applied_seq;
    ELSE
      s.logged_drift := NULL;
    END IF;
    s.centroid_digest := encode(
      sha256(
        array_send(f_moved) || array_send(f_centroid) || int8send(f_logged)
        || float8send(f_confidence)
      ),
      'hex'
    );
  END IF;

  -- Score the capture and remark on it.
  s.warnings := '[]';
  IF r.named_subspace_id IS DISTINCT FROM named THEN
    s.warnings := s.warnings || '["SUBSPACE_GONE"]';
  END IF;
  IF r.word_count > 0 THEN
    f_depth := {depth};
    IF abs(f_depth - r.reading_depth) > r.depth_tolerance THEN
      s.warnings := s.warnings || '["DEPTH_MISMATCH"]';
    END IF;
  END IF;
  s.magnitude := {magnitude};
  IF NOT s.nearest_distance BETWEEN {min_distance} AND {max_distance}
    OR NOT s.second_distance BETWEEN {min_distance} AND {max_distance}
    OR NOT abs(s.margin) < 'Infinity'
    OR NOT abs(s.magnitude) < 'Infinity'
  THEN
    RAISE numeric_value_out_of_range USING MESSAGE = 'the algorithm left its range';
  END IF;

  -- The signal records the capture and its outcome.
  s.id := r.signal_id;
  s.capture_key := r.capture_key;
  s.fingerprint := r.fingerprint;
  s.user_id := r.user_id;
  s.space_id := r.space_id;
  s.artifact_id := coalesce(page.id, r.artifact_id);
  s.url := r.url;
  s.artifact_seq := coalesce(page.seq, 0) + 1;
  s.normalized_url := r.normalized_url;
  s.title := r.title;
  s.content := r.content;
  s.session_id := r.session_id;
  s.named_subspace_id := r.named_subspace_id;
  s.content_source := r.content_source;
  s.engagement_level := r.engagement_level;
  s.reading_depth := r.reading_depth;
  s.scroll_depth := r.scroll_depth;
  s.dwell_time_ms := r.dwell_time_ms;
  s.word_count := r.word_count;
  s.embedding_model := r.embedding_model;
  s.vector := $2;
  s.captured_at := r.captured_at;
  s.recorded_at := at;
  s.actor := r.actor;
  s.reason := r.reason;
  s.request_id := r.request_id;
  s.algorithm_id := r.algorithm_id;
  s.threshold := r.threshold;
  s.reached_level := greatest(page.engagement_level, r.engagement_level);
  s.hash := encode(sha256(convert_to({hashed}, 'UTF8')), 'hex');

  -- The artifact shows all of its signals, whatever their order: the stamp is time and key.
  f_stamp := coalesce(
    r.captured_text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')
  ) || ' ' || r.capture_key;
  IF page.id IS NULL THEN
    INSERT INTO indelible.artifacts (
      id, seq, hash, user_id, space_id, normalized_url, title, title_stamp, content,
      content_stamp, {rising}, vector, content_source, stamp, created_at, updated_at
    )
    VALUES (
      s.artifact_id, 1, s.hash, s.user_id, s.space_id, s.normalized_url,
      s.title, CASE WHEN s.title IS NULL THEN '' ELSE f_stamp END,
      s.content, CASE WHEN s.content IS NULL THEN '' ELSE f_stamp END,
      {risen}, $2, s.content_source, f_stamp, at, at
    );
  ELSE
    UPDATE indelible.artifacts a SET
      seq = s.artifact_seq,
      hash = s.hash,
      updated_at = at,
      title = CASE
        WHEN s.title IS NULL OR f_stamp <= a.title_stamp THEN a.title
        ELSE s.title
      END,
      title_stamp = CASE
        WHEN s.title IS NULL THEN a.title_stamp
        ELSE greatest(a.title_stamp, f_stamp COLLATE "C")
      END,
      content = CASE
        WHEN s.content IS NULL OR f_stamp <= a.content_stamp THEN a.content
        ELSE s.content
      END,
      content_stamp = CASE
        WHEN s.content IS NULL THEN a.content_stamp
        ELSE greatest(a.content_stamp, f_stamp COLLATE "C")
      END,
      {joined},
      vector = CASE WHEN f_stamp <= a.stamp THEN a.vector ELSE s.vector END,
      content_source = CASE
        WHEN f_stamp <= a.stamp THEN a.content_source
        ELSE s.content_source
      END,
      stamp = greatest(a.stamp, f_stamp COLLATE "C")
    WHERE a.id = page.id;
  END IF;

  -- The centroid, and the record of all this.
  IF moves AND old.id IS NULL THEN
    INSERT INTO indelible.centroids (
      id, seq, hash, space_id, vector, logged_vector, logged_seq, confidence,
      created_at, updated_at
    )
    VALUES (
      s.subspace_id, 1, s.hash, s.space_id, f_moved, f_centroid, f_logged, f_confidence,
      at, at
    );
  ELSIF moves THEN
    UPDATE indelible.centroids SET
      seq = s.applied_seq,
      hash = s.hash,
      vector = f_moved,
      updated_at = at,
      logged_vector = f_centroid,
      logged_seq = f_logged,
      confidence = f_confidence
    WHERE id = s.subspace_id;
  END IF;
  INSERT INTO indelible.signals SELECT s.*;
  RETURN s;
END $$
