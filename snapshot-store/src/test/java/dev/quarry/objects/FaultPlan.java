package dev.quarry.objects;

import java.util.Set;
import java.util.random.RandomGenerator;

/// Which calls of a [FaultyStore] go wrong, and how.
@FunctionalInterface
public interface FaultPlan {

  /// What a call was to do.
  enum Verb {
    PUT,
    GET,
    HEAD,
    LIST,
    DELETE
  }

  /// A call of a store.
  ///
  /// @param index how many calls came before it
  record Call(int index, Verb verb, String name) {}

  /// How a call goes wrong.
  enum Fault {
    /// It does not.
    NONE,
    /// Unavailable, and nothing happened.
    BEFORE,
    /// Unavailable, and yet it happened.
    AFTER,
    /// Right, but a second later.
    SLOW,
    /// What is read ends early: a whole object silently, a part with Unavailable; a list has one
    /// entry and says that there is more.
    SHORT,
    /// One bit of what is read is wrong.
    CORRUPT,
    /// Nothing, until the store is released or the thread interrupted; then right.
    HANG
  }

  Fault of(Call call);

  /// No faults.
  static FaultPlan none() {
    return _ -> Fault.NONE;
  }

  /// One fault, at the call of that index.
  static FaultPlan at(int index, Fault fault) {
    return call -> call.index() == index ? fault : Fault.NONE;
  }

  /// Each call goes wrong with a probability, in one of some ways. One plan for one store: the
  /// outcome depends on the seed of the generator and on the order of calls.
  static FaultPlan random(RandomGenerator random, double probability, Set<Fault> faults) {
    Fault[] choices = faults.stream().sorted().toArray(Fault[]::new);
    return _ -> {
      synchronized (random) {
        return random.nextDouble() < probability
            ? choices[random.nextInt(choices.length)]
            : Fault.NONE;
      }
    };
  }
}
