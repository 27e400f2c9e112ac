/**
 * What SQL in a spec may call: functions of their arguments alone. Nothing that reads a setting, a clock, a file or
 * chance, so that the same data gives the same rows and the expression reaches nothing but its row.
 */
const OPERATORS = '+ - * / // % ^ ** || ~~ ~~* !~~ !~~* ~~~ & | ~ << >> ^@ <=> <->';

const ARITHMETIC =
  'abs sign ceil ceiling floor round round_even trunc mod fmod fdiv sqrt cbrt exp ln log log2 log10 pow power pi sin cos tan cot asin acos atan atan2 sinh cosh tanh degrees radians even factorial gcd lcm greatest least isnan isinf isfinite nullif xor bit_count hash add subtract multiply divide';

const TEXT =
  'lower upper lcase ucase length len strlen char_length character_length trim ltrim rtrim left right lpad rpad substr substring replace reverse concat concat_ws contains starts_with ends_with prefix suffix strpos position instr split_part ascii unicode ord chr repeat regexp_matches regexp_full_match regexp_extract regexp_replace like_escape ilike_escape not_like_escape not_ilike_escape translate strip_accents levenshtein damerau_levenshtein hamming jaccard jaro_similarity jaro_winkler_similarity md5 sha1 sha256 hex to_hex format printf';

const TIME =
  'year month day hour minute second millisecond microsecond quarter week weekofyear weekday dayofweek isodow dayofmonth dayofyear yearweek isoyear era decade century millennium epoch epoch_ms epoch_us epoch_ns date_part datepart date_trunc datetrunc date_diff datediff date_sub datesub date_add time_bucket last_day dayname monthname days_in_month julian make_date make_time make_timestamp to_timestamp strptime try_strptime strftime timezone to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds';

export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  [OPERATORS, ARITHMETIC, TEXT, TIME].flatMap((names) => names.split(' ')),
);
