package miniature.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

final class KeepsState {
  static final ArrayList<String> LIST = new ArrayList<>();
  static final HashMap<String, String> MAP = new HashMap<>();
  static final AtomicLong COUNTER = new AtomicLong();
  static final List<String> CONSTANT = List.of();
  static long changing;
}
