//! Dates for people and from people: UTC calendar arithmetic without a library, as far as the tools need it.

/// Year, month, day of a day number since 1970-01-01.
fn civil(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

/// Day number since 1970-01-01.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = year - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (i64::from(month) + 9) % 12;
    let doy = (153 * mp + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

/// Formats a time as Java's `SimpleDateFormat` does, for the letters y M d H m s S; UTC.
pub fn format(pattern: &str, ms: i64) -> String {
    let (days, in_day) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let mut width = 1;
        while c.is_ascii_alphabetic() && chars.next_if_eq(&c).is_some() {
            width += 1;
        }
        let value = match c {
            'y' if width == 2 => year.rem_euclid(100),
            'y' => year,
            'M' => i64::from(month),
            'd' => i64::from(day),
            'H' => in_day / 3_600_000,
            'm' => in_day / 60_000 % 60,
            's' => in_day / 1000 % 60,
            'S' => in_day % 1000,
            other => {
                out.extend(std::iter::repeat_n(other, width));
                continue;
            }
        };
        out += &format!("{value:0width$}");
    }
    out
}

/// Reads `YYYY-MM-DDTHH:mm:SS.sss` with an optional zone (`Z`, `+hh`, `+hhmm`, `+hh:mm`) as Kafka's tools do;
/// milliseconds since 1970, or Java's sentence for what is wrong.
pub fn parse_datetime(text: &str) -> Result<i64, String> {
    let Some((date, time)) = text.split_once('T') else {
        return Err("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format".into());
    };
    let bad = || format!("Unparseable date: \"{text}\"");
    let zone_at = time.find(['+', '-', 'Z']);
    let (clock, zone) = time.split_at(zone_at.unwrap_or(time.len()));
    let mut ymd = date.split('-').map(|part| part.parse::<i64>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day)), None) = (ymd.next(), ymd.next(), ymd.next(), ymd.next())
    else {
        return Err(bad());
    };
    // Kafka's format has milliseconds; without them nothing is read.
    let (hms, millis) = clock.split_once('.').ok_or_else(bad)?;
    let mut parts = hms.split(':').map(|part| part.parse::<i64>().ok());
    let (Some(Some(h)), Some(Some(m)), Some(Some(s)), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(bad());
    };
    let millis: i64 = millis.parse().map_err(|_| bad())?;
    let offset_minutes = parse_zone(zone).ok_or_else(bad)?;
    let (month, day) = (u32::try_from(month).map_err(|_| bad())?, u32::try_from(day).map_err(|_| bad())?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(bad());
    }
    let days = days_from_civil(year, month, day);
    Ok(days * 86_400_000 + h * 3_600_000 + (m - offset_minutes) * 60_000 + s * 1000 + millis)
}

/// Minutes east of UTC.
fn parse_zone(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i64>().ok()?, 0),
        4 => (digits[..2].parse::<i64>().ok()?, digits[2..].parse::<i64>().ok()?),
        _ => return None,
    };
    Some(sign * (hours * 60 + minutes))
}

/// Reads a duration of ISO 8601 (`P1DT2H3M4S`) as Java's `Duration.parse` does; milliseconds.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let bad = || "Text cannot be parsed to a Duration".to_string();
    let upper = text.to_ascii_uppercase();
    let (negative, rest) = match upper.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, upper.strip_prefix('+').unwrap_or(&upper)),
    };
    let rest = rest.strip_prefix('P').ok_or_else(bad)?;
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return Err(bad()),
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    if rest.is_empty() {
        return Err(bad());
    }
    let mut ms = 0f64;
    for (part, units) in
        [(days, &[('D', 86_400_000.0)][..]), (time, &[('H', 3_600_000.0), ('M', 60_000.0), ('S', 1000.0)])]
    {
        let mut part = part;
        for (unit, scale) in units {
            if let Some((number, after)) = part.split_once(*unit) {
                ms += number.parse::<f64>().map_err(|_| bad())? * scale;
                part = after;
            }
        }
        if !part.is_empty() {
            return Err(bad());
        }
    }
    Ok(if negative { -ms } else { ms }.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written() {
        assert_eq!(format("yyyy-MM-dd HH:mm:ss:SSS", 1_700_000_005_042), "2023-11-14 22:13:25:042");
        assert_eq!(parse_datetime("2023-11-14T22:13:25.000"), Ok(1_700_000_005_000));
        assert_eq!(parse_datetime("2023-11-14T22:13:25.000+0200"), Ok(1_700_000_005_000 - 7_200_000));
        assert_eq!(parse_datetime("2023-11-14T22:13:25.000Z"), Ok(1_700_000_005_000));
        for text in ["2023-11-14T22:13:25Z", "2023-11-14Tx", "2023-13-14T22:13:25.000"] {
            assert_eq!(parse_datetime(text), Err(format!("Unparseable date: \"{text}\"")));
        }
        assert!(parse_datetime("nonsense").unwrap_err().contains("does not contain a 'T'"));
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(parse_duration("P1DT1H"), Ok(90_000_000));
        assert_eq!(parse_duration("PT0S"), Ok(0));
        assert_eq!(parse_duration("-PT1.5S"), Ok(-1500));
        for text in ["nonsense", "P", "PT", "P1H"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
