package dev.quarry.objects;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips a class where Ceph cannot be started. (A class that is given up later, while it is set up,
/// leaves no trace in the report.)
final class WhereCephIs implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return CephServer.missing()
        .map(reason -> ConditionEvaluationResult.disabled(Skip.because(reason).getMessage()))
        .orElseGet(() -> ConditionEvaluationResult.enabled("Ceph is installed"));
  }
}
